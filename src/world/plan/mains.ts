// Main meters of 花园小区's water (one for the estate, one for each building whose water is read) and stairwell lighting of two buildings,
// whose power is shared by its flats. Read for the last months only: that is what a manager looks at.
import { addMonths } from '../../kernel/clock.ts'
import { isPast, type Calendar } from './calendar.ts'
import { dice } from './random.ts'

export const ESTATE_MAIN = 'LXL-ZB01'
export const buildingMain = (no: string): string => `LXS-Z${no.padStart(2, '0')}`
/** Buildings whose stairwell lighting is shared. */
export const LIT_BUILDINGS = ['3', '7'] as const
export const lightMeter = (no: string): string => `DDS-L${no.padStart(2, '0')}`
export const LIGHT_START: Record<(typeof LIT_BUILDINGS)[number], number> = { '3': 18_900, '7': 4_310 }

const SHOWN = 4
export const MAIN_READ = { day: '12', time: '18:10:00' } as const
export const SPLIT = { day: '16', time: '09:30:00' } as const
/** Months in which mains and lighting are read. */
export const mainMonths = (c: Calendar): string[] => c.months.filter((m) => isPast(c, `${m}-${MAIN_READ.day}`, MAIN_READ.time)).slice(-SHOWN)
/** They were put in on the day after the round before. */
export const mainsFrom = (c: Calendar): string => `${addMonths(mainMonths(c)[0] ?? c.current, -1)}-13`
export const splitMonths = (c: Calendar): string[] => mainMonths(c).filter((m) => isPast(c, `${m}-${SPLIT.day}`, SPLIT.time)).slice(-2)

export const lightUse = (no: string, month: string): number => dice('stairs', no, month).int(150, 235)
/** Lost between a building's main and its flats, in thousandths; building 12 has a leak in the yard. */
export const lossOf = (no: string, month: string): number => (no === '12' ? dice('yard leak', no, month).int(150, 210) : dice('loss', no, month).int(15, 60))
export const estateLoss = (month: string): number => dice('loss', 'estate', month).int(20, 55)
