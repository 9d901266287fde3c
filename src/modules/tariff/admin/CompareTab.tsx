// Two versions over all houses of the community, the greatest change first.
import { Input, Select } from 'antd'
import { useSearchState } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import { Figure, MoneyText } from '../../../ui/bits.tsx'
import { count, money } from '../../../ui/format.ts'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { tariff, type TariffDetail } from '../contract.ts'
import { lastMonth } from './month.ts'

export function CompareTab({ t }: { t: TariffDetail }) {
  const [search, setSearch] = useSearchState()
  const last = lastMonth()
  const sides = [...(t.draft ? [{ value: 'draft', label: `草稿(${t.draft.from_on} 起)` }] : []), ...t.versions.map((v) => ({ value: v.version_id, label: `${v.from_on} 起(${v.basis})` }))]
  const [b, a] = [search['b'] ?? sides[0]?.value, search['a'] ?? sides[1]?.value]
  const period = search['period'] ?? last
  const found = useRead(tariff.compare, { tariff_id: t.tariff_id, a: a ?? 'draft', b: b ?? 'draft', period, page: 1, page_size: 100 }, { enabled: a !== undefined && b !== undefined, keep: true })
  if (sides.length < 2) return <p className="hy-muted">要有两个版本(或一个版本与草稿)才能对比。</p>
  const d = found.data
  return (
    <div className="hy-stack">
      <div className="hy-line">
        <label className="hy-line">原 <Select aria-label="原版本" style={{ width: 260 }} value={a ?? null} options={sides} onChange={(v) => setSearch({ a: v ?? undefined })} /></label>
        <label className="hy-line">新 <Select aria-label="新版本" style={{ width: 260 }} value={b ?? null} options={sides} onChange={(v) => setSearch({ b: v ?? undefined })} /></label>
        <label className="hy-line">账期 <Input aria-label="账期" type="month" style={{ width: 150 }} value={period} onChange={(e) => { if (/^\d{4}-\d{2}$/.test(e.target.value)) setSearch({ period: e.target.value }) }} /></label>
      </div>
      {found.error ? <ErrorBlock error={found.error} retry={found.retry} /> : found.loading || !d ? <LoadingBlock /> : (
        <>
          <div className="hy-figures">
            <Figure label="户数" value={count(d.house_count)} />
            <Figure label="原合计(元)" value={money(d.a_fen)} />
            <Figure label="新合计(元)" value={money(d.b_fen)} />
            <Figure label="相差(元)" value={money(d.b_fen - d.a_fen)} />
            <Figure label="增加" value={count(d.higher_count)} unit="户" />
            <Figure label="减少" value={count(d.lower_count)} unit="户" />
            <Figure label="算不出" value={count(d.fault_count)} unit="户" />
          </div>
          <RowsTable
            label="逐户对比" rows={d.rows} row_key="house_id" empty="没有房产"
            columns={[
              { key: 'house_label', title: '房号', width: 110 },
              { key: 'a_fen', title: '原(元)', width: 100, show: (r) => <MoneyText fen={r.a_fen} /> },
              { key: 'b_fen', title: '新(元)', width: 100, show: (r) => <MoneyText fen={r.b_fen} /> },
              { key: 'diff_fen', title: '相差(元)', width: 100, show: (r) => <MoneyText fen={r.diff_fen} sign strong /> },
              { key: 'explanation', title: '新版本计算过程', width: 460, show: (r) => (r.fault ? <span className="hy-red">{r.fault}</span> : r.explanation) },
            ]}
          />
          {d.total > d.rows.length ? <p className="hy-muted">按变化大小显示前 {d.rows.length} 户,共 {count(d.total)} 户。</p> : null}
        </>
      )}
    </div>
  )
}
