// Room on the device: asked to be kept, and warned of before it runs out.

/** Below this a shift may not fit. */
const LITTLE = 200 * 1024 * 1024;

/** Asks the browser not to clear what is here. */
export async function persist() {
  return (await navigator.storage?.persisted?.()) || (await navigator.storage?.persist?.()) || false;
}

/** How much there is and whether it is safe. */
export async function room() {
  const { usage = 0, quota = 0 } = (await navigator.storage?.estimate?.()) || {};
  const persisted = (await navigator.storage?.persisted?.()) || false;
  return { usage, quota, free: quota - usage, persisted, tight: quota > 0 && (quota - usage < LITTLE || usage / quota > 0.8) };
}

/** 12.3 MB. @param {number} bytes */
export function megabytes(bytes) {
  if (bytes >= 1_073_741_824) return `${(bytes / 1_073_741_824).toFixed(1)} GB`;
  return bytes < 1_048_576 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1_048_576).toFixed(1)} MB`;
}
