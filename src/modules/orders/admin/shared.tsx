import { Button } from 'antd'
import { useState } from 'react'
import { useRead } from '../../../ui/api.ts'
import { Go, writeSearch } from '../../../ui/address.tsx'
import { StateTag } from '../../../ui/bits.tsx'
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
