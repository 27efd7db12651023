// Where the device says it is. Asked for when a visit begins; never waited for.

/** @type {Where | null} */
let last = null;

export const lastPlace = () => last;

/** @param {number} [seconds] @returns {Promise<Where | null>} */
export function locate(seconds = 10) {
  return new Promise((resolve) => {
    if (!navigator.geolocation) return resolve(last);
    navigator.geolocation.getCurrentPosition(
      ({ coords, timestamp }) => {
        last = { lon: coords.longitude, lat: coords.latitude, accuracy: coords.accuracy, at: new Date(timestamp).toISOString() };
        resolve(last);
      },
      () => resolve(last),
      { enableHighAccuracy: true, timeout: seconds * 1000, maximumAge: 60_000 },
    );
  });
}
