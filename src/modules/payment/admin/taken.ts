// Where a figure of somebody's days leads: the receipts, those taken back, the refunds paid out. For 收费员日报 and 收费员日结 alike.
import { writeSearch } from '../../../ui/address.tsx'

export interface Days {
  from_on: string
  to_on: string
  /** Nobody: of all, or of what came online. */
  by?: string | null
  source?: string
}
const who = ({ by, source }: Days) => ({ ...(by ? { taken_by: by } : {}), ...(source ? { source } : {}) })
export const takenAt = (d: Days, more: Record<string, string> = {}): string => `/payment/payments${writeSearch({ from_on: d.from_on, to_on: d.to_on, ...who(d), ...more })}`
export const reversedAt = (d: Days): string => `/payment/payments${writeSearch({ reversed_from_on: d.from_on, reversed_to_on: d.to_on, state: 'reversed', ...who(d) })}`
/** Online money goes back the way it came. */
export const refundsAt = (d: Days): string => `/payment/refunds${writeSearch({ state: 'done', of_receipts: '1', paid_from_on: d.from_on, paid_to_on: d.to_on, ...(d.by ? { paid_by: d.by } : d.source ? { method: 'original' } : {}) })}`
