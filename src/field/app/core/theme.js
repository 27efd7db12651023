// How the app looks: as the device says, or black on white for work in the sun.

/** @param {string} name */
export function theme(name) {
  document.documentElement.dataset.theme = name;
}
