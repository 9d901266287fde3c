// 维修资金收支表: by building, of a community and period; agrees with the special account.
import { Alert } from 'antd'
import { Suspense, lazy } from 'react'
import { useSearchState } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import { ExcelButton, Figure } from '../../../ui/bits.tsx'
import { count, money } from '../../../ui/format.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { EmptyBlock } from '../../../ui/states.tsx'
import { today } from '../../../kernel/clock.ts'
import { funds } from '../contract.ts'

const DayInput = lazy(() => import('../../../ui/dates.tsx').then((m) => ({ default: m.DayInput })))

export default function StatementPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const [search, setSearch] = useSearchState()
  const to_on = search['to_on'] ?? today()
  const from_on = search['from_on'] ?? `${to_on.slice(0, 4)}-01-01`
  const input = { community_id: place_id ?? '', from_on, to_on }
  const read = useRead(funds.statement, input, { enabled: place_id !== undefined, keep: true })
  const s = read.data
  return (
    <ReadPage
      title="维修资金收支表" loading={place_id !== undefined && read.loading} error={read.error} retry={read.retry}
      actions={
        <>
          <Suspense fallback={null}>
            <label className="hy-from">记账日<span><DayInput value={from_on} onChange={(v) => setSearch({ from_on: v ? String(v) : undefined })} /></span></label>
            <label className="hy-from">至<span><DayInput value={to_on} onChange={(v) => setSearch({ to_on: v ? String(v) : undefined })} /></span></label>
          </Suspense>
          {may('funds.fund.export') && place_id ? <ExcelButton call={funds.statementExcel} input={input} /> : null}
        </>
      }
    >
      {!place_id ? <EmptyBlock text="请先在页面上方选择小区" /> : s ? (
        <div className="hy-stack">
          <div className="hy-figures">
            <Figure label="期初余额" value={money(s.total.opening_fen)} unit="元" />
            <Figure label="本期缴存" value={money(s.total.deposit_fen)} unit="元" to={`/funds/entries?from_on=${from_on}&to_on=${to_on}`} />
            <Figure label="本期利息" value={money(s.total.interest_fen)} unit="元" to={`/funds/entries?kind=interest&from_on=${from_on}&to_on=${to_on}`} />
            <Figure label="本期使用" value={money(-s.total.use_fen)} unit="元" to={`/funds/entries?kind=use&from_on=${from_on}&to_on=${to_on}`} />
            <Figure label="期末余额" value={money(s.total.closing_fen)} unit="元" />
            <Figure label="专户账面" value={money(s.bank_fen)} unit="元" />
          </div>
          {s.bank_fen !== s.total.closing_fen ? <Alert type="info" title={`专户账面与分户余额合计相差 ${money(s.bank_fen - s.total.closing_fen)} 元:已付未分摊、已分摊未付的工程款和业主待补交款`} /> : null}
          <RowsTable
            label="收支表" rows={s.rows} row_key="building_id" empty="这个小区还没有维修资金记录"
            totals={{ house_count: count(s.total.house_count), opening_fen: money(s.total.opening_fen), deposit_fen: money(s.total.deposit_fen), interest_fen: money(s.total.interest_fen), use_fen: money(s.total.use_fen), refund_fen: money(s.total.refund_fen), closing_fen: money(s.total.closing_fen) }}
            columns={[{ key: 'building_name', title: '楼栋', width: 130 }, { key: 'house_count', title: '户数', width: 80 }, ...(['期初余额 opening_fen', '缴存 deposit_fen', '利息 interest_fen', '使用 use_fen', '退还 refund_fen', '期末余额 closing_fen'].map((x) => { const [title, key] = x.split(' ') as [string, string]; return { key, title, width: 130 } }))]}
          />
        </div>
      ) : null}
    </ReadPage>
  )
}
