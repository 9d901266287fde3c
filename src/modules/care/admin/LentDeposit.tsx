// A deposit for a thing that is lent: taken with the record, given back with the return. Only for whoever may take or ask back money.
import { Checkbox, Form, Select } from 'antd'
import { useRead } from '../../../ui/api.ts'
import { MoneyText } from '../../../ui/bits.tsx'
import { MoneyInput, type Control } from '../../../ui/fields.tsx'
import { optionsOf } from '../../../ui/list.ts'
import { useMay } from '../../../ui/session.ts'
import { MONEY_METHODS, payment } from '../../payment/contract.ts'
import { words as paymentWords } from '../../payment/words.ts'
import type { ContactRow } from '../contract.ts'

type Method = (typeof MONEY_METHODS)[number]
export interface Deposit { kind_id?: string; amount_fen?: number; method: Method }
export const NO_DEPOSIT: Deposit = { method: 'cash' }
/** What is sent; nothing where nothing is taken. */
export const depositOf = (d: Deposit) => (d.kind_id && d.amount_fen ? { deposit: { kind_id: d.kind_id, amount_fen: d.amount_fen, method: d.method } } : {})
export function DepositFields({ community_id, value, set }: { community_id: string; value: Deposit; set: (d: Deposit) => void }) {
  const may = useMay()
  const allowed = may('payment.payment.take') && may('payment.deposit.read')
  const kinds = useRead(payment.depositKinds, { community_id }, { stale_ms: 300_000, enabled: allowed })
  const rows = (kinds.data?.rows ?? []).filter((k) => !k.disabled_at)
  if (!allowed || rows.length === 0) return null
  return (
    <div className="hy-line" style={{ alignItems: 'flex-start' }}>
      <Form.Item label="押金(选填)" htmlFor="ct-deposit"><Select id="ct-deposit" allowClear placeholder="不收" style={{ width: 150 }} value={value.kind_id ?? null} onChange={(kind_id: string | undefined) => { const { kind_id: _, amount_fen: _a, ...rest } = value; const k = rows.find((x) => x.kind_id === kind_id); set(k ? { ...rest, kind_id: k.kind_id, amount_fen: k.amount_fen } : rest) }} options={rows.map((k) => ({ value: k.kind_id, label: k.name }))} /></Form.Item>
      {value.kind_id ? <><Form.Item label="金额" htmlFor="ct-deposit-fen"><MoneyInput id="ct-deposit-fen" value={value.amount_fen} onChange={(x) => set({ ...value, amount_fen: x as number })} /></Form.Item><Form.Item label="方式" htmlFor="ct-deposit-way"><Select id="ct-deposit-way" style={{ width: 110 }} value={value.method} onChange={(method: Method) => set({ ...value, method })} options={optionsOf(paymentWords.states?.['method']).filter((o) => (MONEY_METHODS as readonly string[]).includes(String(o.value)))} /></Form.Item></> : null}
    </div>
  )
}
/** With the return: asks for the whole of it back in cash to whoever brought the thing; another way is asked for on the page of the deposit. */
export const refundControl = (row: ContactRow) => (c: Control) => <Checkbox checked={c.value !== undefined && c.value !== null} onChange={(e) => c.onChange?.(e.target.checked ? { method: 'cash', payee_name: row.caller_name ?? '本人' } : undefined)}>现金退 <MoneyText fen={row.deposit?.left_fen ?? 0} />(押金 {row.deposit?.deposit_no},需另一人批准)</Checkbox>

