import { Button } from 'antd'
import { useState } from 'react'
import { useRead } from '../../../ui/api.ts'
import { Go, writeSearch } from '../../../ui/address.tsx'
import { Figure, MoneyText, StateTag } from '../../../ui/bits.tsx'
import { yen } from '../../../ui/format.ts'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { orders } from '../contract.ts'
import { TONE } from '../shown.ts'
import { words } from '../words.ts'
import { NewOrderDrawer, type ReportedDevice } from './NewOrderDrawer.tsx'

const SHOWN = 50
/** 报修 of a house, in its file. */
export const HouseOrders = ({ house_id }: { house_id: string }) => <OrdersOf of={{ house_id }} />
/** 报修 of a device of the ledger. */
export const DeviceOrders = ({ equipment_id }: { equipment_id: string }) => <OrdersOf of={{ equipment_id }} />
function OrdersOf({ of }: { of: { house_id?: string; equipment_id?: string } }) {
  const list = useRead(orders.orders, { ...of, page: 1, page_size: SHOWN })
  if (list.error) return <ErrorBlock error={list.error} retry={list.retry} />
  if (list.loading || !list.data) return <LoadingBlock />
  return (
    <div className="hy-stack">
      <RowsTable
        label="报修" rows={list.data.rows} row_key="order_id" empty="没有报修"
        columns={[
          { key: 'no', title: '工单号', width: 130, show: (r) => <Go to={`/orders/list/${r.order_id}`}>{r.no}</Go> }, { key: 'state', title: '状态', width: 85, show: (r) => <StateTag value={r.state} words={words.states?.['state']} tones={TONE} /> }, { key: 'category', title: '分类', width: 130 }, { key: 'words', title: '内容', width: 200 },
          { key: 'assignee_name', title: '处理人', width: 90 }, { key: 'created_at', title: '报修时间', width: 140 }, { key: 'rating', title: '评分', width: 60, show: (r) => (r.rating ? `${r.rating} 分` : '—') },
        ]}
      />
      {list.data.total > SHOWN ? <Go to={`/orders/list${writeSearch(of)}`}>全部 {list.data.total} 单</Go> : null}
    </div>
  )
}
/** 全寿命成本 of a device of the ledger: its sums and their lines. */
export function DeviceLife({ equipment_id }: { equipment_id: string }) {
  const life = useRead(orders.deviceLife, { equipment_id })
  if (life.error) return <ErrorBlock error={life.error} retry={life.retry} />
  if (!life.data) return <LoadingBlock />
  const d = life.data
  return (
    <section className="hy-stack" aria-label="全寿命成本">
      <div className="hy-figures">
        <Figure label="全寿命成本" value={<MoneyText fen={d.total_fen} />} unit="元" compare={d.per_year_fen === null ? '投用不满一年' : `平均每年 ${yen(d.per_year_fen)}`} /><Figure label="购置" value={d.purchase_fen === null ? '没有登记' : <MoneyText fen={d.purchase_fen} />} unit={d.purchase_fen === null ? undefined : '元'} /><Figure label="保养检验外修" value={<MoneyText fen={d.noted_fen} />} unit="元" /><Figure label="工单材料" value={<MoneyText fen={d.material_fen} />} unit="元" compare={`报修 ${d.order_count} 次`} to={`/orders/list${writeSearch({ equipment_id })}`} />
        <Figure label="利用率" value={d.used_bp === null ? '—' : `${Math.trunc(d.used_bp / 100)}.${String(d.used_bp % 100).padStart(2, '0')}%`} compare={d.run_hours === null ? '抄过两次运行小时才能算' : `运行 ${d.run_hours} 小时`} />
      </div>
      <RowsTable label="全寿命成本明细" rows={d.lines} row_key="key" empty="还没有费用" columns={[{ key: 'on_day', title: '日期', width: 110 }, { key: 'kind', title: '种类', width: 110, show: (l) => ({ purchase: '购置', noted: '登记费用', material: '工单材料' })[l.kind] }, { key: 'text', title: '内容', width: 380 }, { key: 'order_no', title: '工单', width: 140, show: (l) => (l.order_id ? <Go to={`/orders/list/${l.order_id}`}>{l.order_no}</Go> : '—') }, { key: 'amount_fen', title: '金额', width: 120 }]} />
    </section>
  )
}
/** 报修 from a device's file, with the device filled in. */
export function ReportDeviceButton({ device }: { device: ReportedDevice }) {
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>报修</Button>
      {open ? <NewOrderDrawer device={device} close={() => setOpen(false)} /> : null}
    </>
  )
}
