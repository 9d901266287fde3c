// Trying: the houses of the community with what the product knows of them, and cases pasted from a price document with amounts to compare.
import { Input, Segmented } from 'antd'
import { useMemo, useState } from 'react'
import { faultText } from '../../../kernel/json_place.ts'
import { useRead } from '../../../ui/api.ts'
import { MoneyText } from '../../../ui/bits.tsx'
import { useSearchState } from '../../../ui/address.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { tariff, type TariffDetail } from '../contract.ts'
import { attributesOfTariff, parseTariff, quoteCases, type CaseResult, type Tariff } from '../rules/index.ts'
import { Formula } from './DraftTab.tsx'
import type { Spec } from './SpecEditor.tsx'
import { lastMonth } from './month.ts'

interface Shown {
  key: string
  label: string
  amount_fen: number | null
  expect_fen: number | null
  error: string | null
  lines: readonly { text: string; amount_fen: number }[]
}
const shownOf = (r: CaseResult, label: string, key: string): Shown => ('error' in r ? { key, label, amount_fen: null, expect_fen: null, error: `${r.error.field}:${r.error.reason}`, lines: [] } : { key, label, amount_fen: r.amount_fen, expect_fen: r.expect_fen, error: null, lines: r.quote.lines })

function Results({ rows, expecting, label }: { rows: readonly Shown[]; expecting: boolean; label: string }) {
  return (
    <RowsTable<Shown>
      label={label} rows={rows} row_key="key" empty="没有可试算的内容"
      columns={[
        { key: 'label', title: expecting ? '案例' : '房号', width: 120 },
        { key: 'amount_fen', title: '金额(元)', width: 110, show: (r) => (r.amount_fen === null ? '—' : <MoneyText fen={r.amount_fen} strong />) },
        ...(expecting ? [{ key: 'expect_fen', title: '期望', width: 130, show: (r: Shown) => (r.expect_fen === null ? '—' : r.expect_fen === r.amount_fen ? <span className="tf-yes">相符</span> : <span className="hy-red">应为 <MoneyText fen={r.expect_fen} /></span>) }] : []),
        { key: 'lines', title: '计算过程', width: 520, show: (r) => (r.error ? <span className="hy-red">{r.error}</span> : <ul className="tf-lines">{r.lines.map((l, i) => <li key={`${i}${l.text}`}>{l.text}</li>)}</ul>) },
      ]}
    />
  )
}

function Houses({ t, tariff: parsed }: { t: TariffDetail; tariff: Tariff }) {
  const [search, setSearch] = useSearchState()
  const period = search['period'] ?? lastMonth()
  const [q, setQ] = useState('')
  const found = useRead(tariff.houseCases, { tariff_id: t.tariff_id, period, page: 1, page_size: 20, ...(q ? { q } : {}) }, { keep: true })
  const rows = useMemo(() => {
    const attributes = new Set(attributesOfTariff(parsed))
    const asked = new Set(['period', 'usage', 'usage_to_date', 'built_area_m2', 'inner_area_m2', 'heated_area_m2', 'people', 'status', ...attributes])
    return (found.data?.rows ?? []).map((h) => shownOf(quoteCases(parsed, [Object.fromEntries(Object.entries(h.values).filter(([k]) => asked.has(k) || k === 'height_m' || k === 'stop_applied_on' || k === 'quota' || k === 'count'))])[0]!, h.house_label, h.house_id))
  }, [found.data, parsed])
  if (found.error) return <ErrorBlock error={found.error} retry={found.retry} />
  return (
    <div className="hy-stack">
      <div className="hy-line">
        <label className="hy-line">账期 <Input aria-label="账期" type="month" style={{ width: 150 }} value={period} onChange={(e) => { if (/^\d{4}-\d{2}$/.test(e.target.value)) setSearch({ period: e.target.value }) }} /></label>
        <Input.Search aria-label="房号" allowClear style={{ width: 200 }} placeholder="房号,如 1-2-301" onSearch={setQ} />
        <span className="hy-muted">前 20 户;用量、人数、面积取自登记,其他取自「逐户属性」</span>
      </div>
      {found.loading ? <LoadingBlock /> : <Results label="房产试算" rows={rows} expecting={false} />}
    </div>
  )
}

/** A JSON array, or rows copied from a spreadsheet with the names of the fields in the first row. */
export function readPasted(text: string): { cases: unknown[]; fault: string | null } {
  const t = text.trim()
  if (t === '') return { cases: [], fault: null }
  if (t.startsWith('[') || t.startsWith('{')) {
    try {
      const raw = JSON.parse(t) as unknown
      return { cases: Array.isArray(raw) ? raw : Array.isArray((raw as { cases?: unknown }).cases) ? (raw as { cases: unknown[] }).cases : [raw], fault: null }
    } catch {
      return { cases: [], fault: `不是有效的 JSON${faultText(t)}` }
    }
  }
  const [head, ...rows] = t.split(/\r?\n/).map((l) => l.split(/\t|[,,]/).map((x) => x.trim()))
  if (rows.length === 0) return { cases: [], fault: '第一行写字段名(如 用量、人数、期望金额),第二行起写数值' }
  return { cases: rows.slice(0, 500).map((r) => Object.fromEntries(head!.map((k, i) => [k, r[i] ?? '']))), fault: null }
}

function Pasted({ tariff: parsed }: { tariff: Tariff }) {
  const [text, setText] = useState('')
  const { cases, fault } = readPasted(text)
  const rows = quoteCases(parsed, cases).map((r, i) => shownOf(r, r.id, String(i)))
  const compared = rows.filter((r) => r.expect_fen !== null)
  return (
    <div className="hy-stack">
      <Input.TextArea aria-label="粘贴案例" rows={6} value={text} onChange={(e) => setText(e.target.value)} placeholder={'从 Excel 或价格文件粘贴,第一行为字段名,例如:\n编号\t用量\t累计用量\t期望金额\n1\t20\t170\t61.40'} spellCheck={false} />
      {fault ? <p className="hy-red">{fault}</p> : null}
      {compared.length ? <p role="status">比对 {compared.length} 例,相符 {compared.filter((r) => r.amount_fen === r.expect_fen).length} 例。</p> : null}
      {rows.length ? <Results label="案例试算" rows={rows} expecting /> : null}
    </div>
  )
}

export function TryTab({ t, spec }: { t: TariffDetail; spec: Spec | undefined }) {
  const [how, setHow] = useState<'houses' | 'cases'>('houses')
  const parsed = useMemo(() => (spec ? parseTariff({ ...spec, name: t.name }) : null), [spec, t.name])
  if (!parsed) return <p className="hy-muted">还没有内容:先在「编制」里选一种样例。</p>
  if (!parsed.tariff) return <Formula spec={spec!} name={t.name} />
  return (
    <div className="hy-stack">
      <div><Segmented aria-label="试算对象" value={how} options={[{ value: 'houses', label: '本小区房产' }, { value: 'cases', label: '粘贴案例' }]} onChange={setHow} /></div>
      {how === 'houses' ? <Houses t={t} tariff={parsed.tariff} /> : <Pasted tariff={parsed.tariff} />}
    </div>
  )
}
