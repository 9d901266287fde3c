// The clock of a lot: China keeps one zone and no summer time, so local time is UTC and eight hours.
const EIGHT_HOURS = 8 * 3600_000
/** 2026-11-26T21:05:09, as the tariff engine takes it. */
export const localTime = (instant: string): string => new Date(Date.parse(instant) + EIGHT_HOURS).toISOString().slice(0, 19)
export const localClock = (instant: string): string => localTime(instant).slice(11, 16)
export const localDay = (instant: string): string => localTime(instant).slice(0, 10)
/** Midnight at which a day begins. */
export const dayBegins = (day: string): string => new Date(Date.parse(`${day}T00:00:00.000Z`) - EIGHT_HOURS).toISOString()
