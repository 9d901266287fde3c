// How bills are written on every page of this module.
import { today } from '../../../kernel/clock.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { words } from '../words.ts'

export const BILL_TONES = { open: 'bad', partly: 'warn', paid: 'good', void: 'plain' } as const
export const BillTag = ({ state }: { state: string }) => <StateTag value={state} words={words.states?.['bill']} tones={BILL_TONES} />
export const RUN_TONES = { draft: 'warn', publishing: 'busy', published: 'good', cancelled: 'plain' } as const
export const RunTag = ({ state }: { state: string }) => <StateTag value={state} words={words.states?.['run']} tones={RUN_TONES} />

export const PLAN_TONES = { active: 'busy', kept: 'good', broken: 'bad', cancelled: 'plain' } as const
export const WAIVER_TONES = { asked: 'warn', done: 'good', refused: 'bad', withdrawn: 'plain', reversed: 'plain' } as const

/** 9350 → '93.50%' */
export { percent as rate } from '../../../ui/format.ts'
/** A filter as an address of the bill list. */
export const billsAt = (filter: Record<string, unknown>): string => {
  const q = new URLSearchParams()
  for (const [k, v] of Object.entries(filter)) if (v !== undefined && v !== null && v !== '') q.set(k, String(v))
  return `/billing/bills?${q.toString()}`
}
/** The households of a filter of the collection rate. */
export const housesAt = ({ state: _, ...filter }: Record<string, unknown>): string => billsAt(filter).replace('/billing/bills?', '/billing/rate-houses?')
/** This month, as the default of a month field. */
export const thisMonth = (): string => today().slice(0, 7)
