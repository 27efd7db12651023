// What the server writes before the worker.
declare const SHELL: { version: string; files: [string, string][]; scanner: [string, string][] };
