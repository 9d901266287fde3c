// What pages of the books share: the choice of a book, and where a journal's source is to be read.
import { Segmented } from 'antd'
import { useSearchState } from '../../../ui/address.tsx'
import { BOOKS, type BookName } from '../contract.ts'
import { words } from '../words.ts'

export const bookText = (book: string): string => words.states?.['book']?.[book] ?? book
export const kindText = (kind: string): string => words.states?.['kind']?.[kind] ?? kind

/** The book in the address; the company's when none is said. */
export function useBook(): [BookName, React.ReactNode] {
  const [search, setSearch] = useSearchState()
  const book = BOOKS.find((b) => b === search['book']) ?? 'company'
  const choose = <Segmented aria-label="账簿" value={book} onChange={(v) => setSearch({ book: v === 'company' ? undefined : String(v), page: undefined })} options={BOOKS.map((b) => ({ value: b, label: bookText(b) }))} />
  return [book, choose]
}

/** The page of the document behind a journal. */
export function sourcePath(source_type: string, source_id: string): string | null {
  if (source_type === 'payment') return `/payment/payments/${source_id}`
  if (source_type === 'run') return `/billing/runs/${source_id.split(':')[0]}`
  if (source_type === 'bill') return `/billing/bills/${source_id}`
  if (source_type === 'manual') return '/ledger/manual'
  if (source_type === 'commission') return '/ledger/models'
  if (source_type === 'spending') return '/spending/requests'
  if (source_type === 'lease_income') return '/spending/incomes'
  if (source_type === 'difference') return '/closing/differences?state=closed'
  if (source_type === 'coupon_use') return '/payment/coupon-uses'
  if (source_type === 'refund') return `/payment/refunds/${source_id}`
  if (source_type === 'deposit') return `/payment/deposits/${source_id}`
  if (source_type === 'shift') return `/payment/shifts/${source_id}`
  if (source_type === 'bank_line') return '/payment/bank'
  if (source_type === 'recon_day' || source_type === 'recon_pair') return '/closing/recon'
  if (source_type === 'waiver') return `/billing/waivers/${source_id}`
  return null
}
