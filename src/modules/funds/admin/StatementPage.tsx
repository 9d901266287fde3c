// 维修资金收支表: by building, of a community and period; agrees with the special account.
import { Alert, Button } from 'antd'
import { Suspense, lazy, useState } from 'react'
import { useSearchState } from '../../../ui/address.tsx'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { ExcelButton, Figure, MoneyText } from '../../../ui/bits.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { count, money } from '../../../ui/format.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { ChoosePlace } from '../../../ui/states.tsx'
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
  const posted = useRead(funds.disclosures, place_id ? { community_id: place_id } : {}, { enabled: place_id !== undefined })
  const publish = useWrite(funds.publishFund, { in_form: true, done: (a) => `已向业主公示(第 ${a.version} 版)` })
  const [open, setOpen] = useState(false)
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
          {may('funds.disclosure.publish') && place_id ? <Button type="primary" onClick={() => setOpen(true)}>向业主公示</Button> : null}
          {may('funds.fund.export') && place_id ? <ExcelButton call={funds.statementExcel} input={input} /> : null}
        </>
      }
    >
      {!place_id ? <ChoosePlace /> : s ? (
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
          <h2 className="hy-strong">公示记录</h2>
          <RowsTable
            label="公示记录" rows={posted.data?.rows ?? []} row_key="disclosure_id" empty="还没有公示过"
            columns={[
              { key: 'posted_on', title: '公示日', width: 110 }, { key: 'span', title: '期间', width: 200, show: (r) => `${r.from_on} 至 ${r.to_on}` }, { key: 'version', title: '版次', width: 80, show: (r) => `第 ${r.version} 版` }, { key: 'closing_fen', title: '期末余额', width: 140, show: (r) => <MoneyText fen={r.figures.total.closing_fen} /> },
              { key: 'posted_by_name', title: '公示人', width: 90 }, { key: 'note', title: '说明', width: 220 }, { key: 'act', title: '操作', width: 80, show: (r) => <Button size="small" href={fileUrl(funds.disclosurePdf, { disclosure_id: r.disclosure_id })} target="_blank">打印</Button> },
            ]}
          />
          {open && place_id ? <FormModal open onClose={() => setOpen(false)} title={`公示 ${from_on} 至 ${to_on}`} submit="公示" call={funds.publishFund} fields={['note']} fixed={input} loading={publish.running} submitError={publish.error} note={<p className="hy-muted">业主在手机上看到的是现在的数字;同一期间再次公示另成一版,须写更正说明。</p>} onSubmit={async (i) => { if (await publish.run(i)) setOpen(false) }} /> : null}
        </div>
      ) : null}
    </ReadPage>
  )
}
