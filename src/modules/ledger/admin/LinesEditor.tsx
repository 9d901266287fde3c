// The lines of a journal written by hand: account, community, debit or credit; the sums are shown while typing.
import { Button, Select } from 'antd'
import { MoneyInput, type Control } from '../../../ui/fields.tsx'
import { money } from '../../../ui/format.ts'
import type { Option } from '../../../ui/list.ts'

interface Line {
  account_code?: string
  community_id?: string | null
  debit_fen?: number | null
  credit_fen?: number | null
}
export const emptyLines = (): Line[] => [{}, {}]
/** What is empty counts as nothing; the contract checks the rest. */
export const sendLines = (v: unknown): unknown => (v as Line[]).filter((l) => l.account_code || l.debit_fen || l.credit_fen).map((l) => ({ account_code: l.account_code ?? '', community_id: l.community_id ?? null, debit_fen: l.debit_fen ?? 0, credit_fen: l.credit_fen ?? 0 }))

export function LinesEditor({ value, onChange, accounts, places }: Control & { accounts: readonly Option[]; places: readonly Option[] }) {
  const lines = (value ?? emptyLines()) as Line[]
  const set = (at: number, change: Partial<Line>) => onChange?.(lines.map((l, i) => (i === at ? { ...l, ...change } : l)))
  const sum = (k: 'debit_fen' | 'credit_fen') => lines.reduce((n, l) => n + (typeof l[k] === 'number' ? l[k] : 0), 0)
  return (
    <div className="hy-stack">
      {lines.map((l, i) => (
        <div key={i} className="hy-line" role="group" aria-label={`第 ${i + 1} 行`}>
          <Select aria-label="科目" style={{ width: 240 }} placeholder="科目" showSearch={{ optionFilterProp: 'label' }} options={accounts as Option[]} value={l.account_code ?? null} onChange={(v) => set(i, { account_code: v ?? '' })} />
          <Select aria-label="小区" style={{ width: 130 }} placeholder="小区" allowClear options={places as Option[]} value={l.community_id ?? null} onChange={(v) => set(i, { community_id: v ?? null })} />
          <span style={{ width: 120 }}><MoneyInput aria-label="借方" placeholder="借方" value={l.debit_fen} onChange={(v) => set(i, { debit_fen: v as number | null })} /></span>
          <span style={{ width: 120 }}><MoneyInput aria-label="贷方" placeholder="贷方" value={l.credit_fen} onChange={(v) => set(i, { credit_fen: v as number | null })} /></span>
          <Button size="small" aria-label={`删除第 ${i + 1} 行`} disabled={lines.length <= 2} onClick={() => onChange?.(lines.filter((_, n) => n !== i))}>×</Button>
        </div>
      ))}
      <div className="hy-line">
        <Button size="small" onClick={() => onChange?.([...lines, {}])}>增加一行</Button>
        <span className={sum('debit_fen') === sum('credit_fen') ? 'hy-muted' : 'hy-red'}>借方 {money(sum('debit_fen'))},贷方 {money(sum('credit_fen'))}</span>
      </div>
    </div>
  )
}
