// What the modules of the field app hand each other. Read by the type checker only; browsers never see this file.

// ---- what the server sends (docs/openapi.json: sync) ----
interface Named { zh: string; en: string }
interface Me { account: string; name: string; badge?: string | null; lang?: string; office?: { name: string; name_en: string; region: string } }
interface Colleague { id: string; name: string; badge?: string | null }
interface Campaign extends Named { id: string; code: string; pack_version: number; pack?: Pack; cited?: Record<string, [string, string]>; starts?: string; ends?: string }
interface Term { from?: string | null; to?: string | null }
interface Product extends Named { code: string; parent: string | null }
interface ProductRegime extends Term { product: string; regime: string }
interface Problem extends Named { code: string; side: string; severity: string; basis: string }
interface SeverityRule extends Named { code: string; days: number; clock: string }
interface Question extends Named, Term {
  id: string; how_zh: string; how_en: string; evidence_zh: string; evidence_en: string;
  problems: string[]; weight: 'V' | 'K' | 'G'; photo: boolean; products: string[]; source: string;
  /** The answers on which it is asked, such as `A3=fails`; none: always. */
  asked_if?: string[];
}
interface Checklist extends Named {
  code: string; version: number; side: string | null; regime: string | null; products: string[]; scope: string; basis: string; items: Question[];
}
interface Source extends Named { key: string; note: string }
interface Pack {
  about: { code: string; version: number }; products: Product[]; product_regimes: ProductRegime[]; problems: Problem[];
  severities: SeverityRule[]; checklists: Checklist[]; sources: Source[]; cited?: Record<string, [string, string]>; closing_reasons?: (Named & { code: string })[];
  /** Pictures beside questions, as `data:` addresses. */
  pictures?: (Named & { file: string; items: string[]; data: string })[];
}
interface Enterprise {
  id: string; name: string; name_en?: string | null; uscc: string | null; person?: string | null; kind: string; size: string;
  address: string; lon: number | null; lat: number | null; state: string; tags: string[]; made: string[]; sold: string[];
  legal_person?: string | null; region?: string; sites?: Site[]; contacts?: { name: string; phone?: string | null; duty?: string | null }[]; fresh?: boolean;
}
interface Site { id: string; name: string; kind: string; address: string; lon: number | null; lat: number | null }
interface Certificate { id: string; enterprise: string; kind: string; number: string; products: string[]; scope: string; body: string; issued: string; expires: string; state: string; holder?: string }
interface Visit {
  id: string; enterprise: string; campaign: string; state: string; planned_for: string | null; lead: string; mine: boolean;
  risk?: number | null; source?: string; number?: string | null; checklist?: string | null; products?: string[] | string; field?: string | null;
  started_at?: string | null; hazards?: number; party?: string; version?: number;
}
interface Hazard {
  id: string; number: string; campaign: string; enterprise: string; product: string; problem: string; what: string; severity: string;
  state: string; due: string | null; overdue: boolean; found_at: string; measure?: string | null; field?: string; party?: string; handler?: string;
}
interface PackAnswer {
  next: string; after: string | null; whole: boolean; me: Me | null; campaigns: Campaign[]; offices: unknown[]; colleagues: Colleague[];
  enterprises: Enterprise[]; certificates: Certificate[]; visits: Visit[]; hazards: Hazard[]; gone: (string | { id: string })[];
}
interface Receipt {
  id: string; sha256: string; outcome: 'stored' | 'known' | 'held' | 'refused' | 'failed';
  code?: string | null; detail?: string | null; field?: string | null; missing?: string[]; waits?: string[];
}

// ---- what the device keeps ----
/** Something sealed at rest (core/rest.js). */
interface Box { iv: Uint8Array<ArrayBuffer>; data: ArrayBuffer | Blob; type?: string }
/** The token lies sealed on the device, and open in memory. */
interface Account { id: string; login: string; name: string; token: string | Box | null; ends_at: string | null }
interface Keys { account: string; device: string; pair: CryptoKeyPair; registered: boolean }
interface Where { lon: number; lat: number; accuracy: number; at: string }
interface Photo {
  sha256: string; blob: Blob | Box | null; thumb: Blob | Box | null; type: string; bytes: number; at: string;
  /** Bytes of it that the server has said it holds. */
  sent: number;
  freed: boolean;
}
interface Item {
  id: string; kind: string; about: string; title: string; after: string[]; content: string; files: string[];
  statement: string; signature: string; device: string; account: string; at: string;
  state: 'waiting' | 'held' | 'stored' | 'refused' | 'replaced';
  receipt: Receipt | null; tries: number; done_at: string | null;
  /** What was typed, for mending it should it be refused. */
  form: unknown; form_kind: string; replaces: string | null;
}
interface Draft<F = any> { id: string; kind: string; title: string; shape: number; begun: string; changed: string; form: F; replaces: string | null }
interface LogLine { n?: number; at: string; good: boolean; what: string; more?: string }

// ---- a visit as it is being made ----
interface AnswerForm { answer: string; note: string; photos: string[] }
interface FindingForm {
  id: string; item: string | null; problem: string; what: string; severity: string; product: string; made_on: string;
  photos: string[]; corrected: boolean; measure: string; after: string[]; order: boolean; due: string; demand: string;
}
interface Signature { name: string; sha256: string; typed: boolean; at: string; of?: number }
interface VisitForm {
  campaign: string; enterprise: string; pack_version: number; planned: boolean; source: string | null; field: string; products: string[]; checklist: string;
  started_at: string; answers: Record<string, AnswerForm>; findings: Record<string, FindingForm>;
  second: string; third: string; credentials: boolean; withdrawal: boolean; statement: string;
  refused: boolean; witness: string; photos: string[]; signatures: Record<string, Signature>; place: Where | null; original: boolean;
  /** Whoever goes along confirms on a phone of their own, after the seal. */
  apart?: boolean;
}
interface HazardForm { hazard: string; verb: string; note: string; why: string; due: string; demand: string; photos: string[]; measure: string }
interface NewcomerForm {
  name: string; uscc: string; person: string; address: string; kind: string; made: string[]; sold: string[]; lon: number | null; lat: number | null; legal_person: string;
}

// ---- what browsers have and the checker does not know yet ----
interface DetectedCode { rawValue: string; format: string }
declare class BarcodeDetector {
  constructor(options?: { formats: string[] });
  static getSupportedFormats(): Promise<string[]>;
  detect(from: ImageBitmapSource): Promise<DetectedCode[]>;
}
