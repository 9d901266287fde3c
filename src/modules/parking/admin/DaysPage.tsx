// 车场日报: passages, openings and money of each day; openings by hand with who and why.
import { DatePicker, Select, Tabs } from 'antd'
import dayjs from 'dayjs'
import { addDays, today } from '../../../kernel/clock.ts'
import { Go, useSearchState } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import { ExcelButton, MoneyText, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { instant } from '../../../ui/format.ts'
import { useList } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { parking, type OpeningRow } from '../contract.ts'
import { said } from '../shown.ts'
import { PlateMark } from './parts.tsx'
import { TurnedAway } from './TurnedAway.tsx'
import './parking.css'

const DAYS = 7
export default function DaysPage() {
  const [search, setSearch] = useSearchState()
  const tab = search['tab'] ?? 'days'
  return (
    <ReadPage title="车场日报" loading={false} error={null}>
      <div className="hy-card hy-detail-tabs"><Tabs activeKey={tab} onChange={(k) => setSearch({ tab: k === 'days' ? undefined : k })} destroyOnHidden items={[{ key: 'days', label: '日报', children: <Days /> }, { key: 'hand', label: '手动开闸', children: <Hand /> }, { key: 'turned', label: '拒入记录', children: <TurnedAway /> }]} /></div>
    </ReadPage>
  )
}
function Days() {
  const { place_id } = usePlace()
  const may = useMay()
  const [search, setSearch] = useSearchState()
  const to_on = search['to_on'] ?? today()
  const from_on = search['from_on'] ?? addDays(to_on, 1 - DAYS)
  const lot_id = search['lot_id']
  const lots = useRead(parking.lots, place_id ? { community_id: place_id } : {}, { enabled: may('parking.lot.read'), stale_ms: 60_000 })
  const ask = { from_on, to_on, ...(lot_id ? { lot_id } : {}), ...(place_id ? { community_id: place_id } : {}) }
  const days = useRead(parking.days, ask)
  const open = (r: { lot_id: string; on_day: string }, extra: string) => `/parking/stays?lot_id=${r.lot_id}&${extra.replaceAll('$', r.on_day)}`
  return (
    <div className="hy-stack">
      <div className="hy-tools">
        <DatePicker.RangePicker allowClear={false} aria-label="日期" value={[dayjs(from_on), dayjs(to_on)]} onChange={(v) => { if (v?.[0] && v[1]) setSearch({ from_on: v[0].format('YYYY-MM-DD'), to_on: v[1].format('YYYY-MM-DD') }) }} />
        <Select aria-label="车场" allowClear placeholder="全部车场" style={{ minWidth: 180 }} value={lot_id ?? null} onChange={(v: string | null) => setSearch({ lot_id: v ?? undefined })} options={(lots.data?.rows ?? []).map((l) => ({ value: l.lot_id, label: l.name }))} />
        {may('parking.stay.export') ? <ExcelButton call={parking.daysExcel} input={ask} label="导出" /> : null}
      </div>
      {days.error ? <p className="hy-red" role="alert">{days.error.message}</p> : null}
      <RowsTable
        label="车场日报" rows={days.data?.rows ?? []} row_key="key" empty={days.loading ? '正在读取' : '这几天没有车进出'}
        columns={[
          { key: 'on_day', title: '日期', width: 110 }, { key: 'lot_name', title: '车场', width: 120 }, { key: 'in_count', title: '入场', width: 70, show: (r) => <Go to={open(r, 'from_on=$&to_on=$')}>{r.in_count}</Go> }, { key: 'out_count', title: '离场', width: 70, show: (r) => <Go to={open(r, 'left_from_on=$&left_to_on=$')}>{r.out_count}</Go> },
          { key: 'opened_count', title: '自动开闸', width: 80 }, { key: 'offline_count', title: '断网开闸', width: 80 }, { key: 'hand_count', title: '手动开闸', width: 80 }, { key: 'difference', title: '开闸差', width: 80, show: (r) => (r.difference === 0 ? '0' : <span className="hy-red hy-strong">{r.difference > 0 ? `多 ${r.difference}` : `少 ${-r.difference}`}</span>) }, { key: 'void_count', title: '作废', width: 60 },
          { key: 'cash_fen', title: '现金', width: 90, show: (r) => <MoneyText fen={r.cash_fen} /> }, { key: 'online_fen', title: '微信支付宝', width: 100, show: (r) => <MoneyText fen={r.online_fen} /> }, { key: 'other_fen', title: '其他', width: 80, show: (r) => <MoneyText fen={r.other_fen} /> }, { key: 'taken_fen', title: '收款合计', width: 100, show: (r) => <MoneyText fen={r.taken_fen} strong /> }, { key: 'debt_fen', title: '未缴离场', width: 90, show: (r) => (r.debt_fen > 0 ? <Go to={open(r, 'left_from_on=$&left_to_on=$&debt=1')}><MoneyText fen={r.debt_fen} owed /></Go> : <MoneyText fen={0} />) },
        ]}
      />
    </div>
  )
}
const COLUMNS: readonly Column<OpeningRow>[] = [
  { key: 'at', title: '时间', width: 150, always: true, show: (r) => instant(r.at) }, { key: 'lot_name', title: '车场', width: 120 }, { key: 'lane_name', title: '通道', width: 110 }, { key: 'by_name', title: '开闸人', width: 100 }, { key: 'reason', title: '原因', width: 220 },
  { key: 'state', title: '结果', width: 100, show: (r) => <StateTag value={r.state} words={{ sent: said('command', 'sent'), expired: said('command', 'expired'), waiting: said('command', 'waiting') }} tones={{ sent: 'good', expired: 'warn' }} /> }, { key: 'plate', title: '车牌', width: 130, show: (r) => (r.plate ? <PlateMark plate={r.plate} small /> : '没有对应车辆') }, { key: 'stay_id', title: '停车记录', width: 90, show: (r) => (r.stay_id ? <Go to={`/parking/stays/${r.stay_id}`}>查看</Go> : '') },
]
function Hand() {
  const { place_id } = usePlace()
  const list = useList(parking.openings, { fixed: place_id ? { community_id: place_id } : {} })
  return <ListPage {...list} inside title="手动开闸" name="parking.openings" columns={COLUMNS} row_key="command_id" empty={{ text: '没有手动开闸' }} />
}
