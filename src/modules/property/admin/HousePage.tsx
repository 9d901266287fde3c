import { Button, Tag } from 'antd'
import { Suspense, lazy, useState } from 'react'
import { Go, useGo, useParam } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import { CanButton, MoneyText, StateTag } from '../../../ui/bits.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { area, instant } from '../../../ui/format.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { useMay } from '../../../ui/session.ts'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { billing } from '../../billing/contract.ts'
import { property } from '../contract.ts'
import { words } from '../words.ts'
import { HouseDrawer } from './HouseDrawer.tsx'
import { HOUSE_TONES } from './tones.ts'

const SettleButton = lazy(() => import('../../handover/admin/shared.tsx').then((m) => ({ default: m.SettleButton })))
const HouseComplaints = lazy(() => import('../../care/admin/shared.tsx').then((m) => ({ default: m.HouseComplaints })))
const HouseContracts = lazy(() => import('../../contracts/admin/shared.tsx').then((m) => ({ default: m.HouseContracts })))
const HouseOrders = lazy(() => import('../../orders/admin/shared.tsx').then((m) => ({ default: m.HouseOrders })))
const ResidentsTab = lazy(() => import('../../people/admin/shared.tsx').then((m) => ({ default: m.ResidentsTab })))
const BillsTab = lazy(() => import('./HouseMoney.tsx').then((m) => ({ default: m.BillsTab })))
const FeesTab = lazy(() => import('./HouseMoney.tsx').then((m) => ({ default: m.FeesTab })))
const PaymentsTab = lazy(() => import('./HouseMoney.tsx').then((m) => ({ default: m.PaymentsTab })))

export default function HousePage() {
  const house_id = useParam('house_id')
  const may = useMay()
  const go = useGo()
  const house = useRead(property.house, { house_id })
  const sees = may('billing.bill.read')
  const open = useRead(billing.houseBills, { house_id, state: 'open' }, { enabled: sees && house.data !== undefined })
  const [editing, setEditing] = useState(false)
  const h = house.data
  return (
    <>
      <DetailPage
        title={h ? `${h.community_name} ${h.label}` : '房产档案'} loading={house.loading} error={house.error} retry={house.retry} back="/property/houses"
        tags={h ? <><Tag>{words.states?.['house_kind']?.[h.kind]}</Tag><StateTag value={h.state} words={words.states?.['house_state']} tones={HOUSE_TONES} /></> : null}
        actions={
          h ? (
            <>
              {may('payment.payment.take') ? <Button type="primary" onClick={() => go(`/payment/desk?house_id=${house_id}`)}>收费</Button> : null}
              {may('payment.payment.read') ? <Button onClick={() => go(`/payment/statement?house_id=${house_id}`)}>对账单</Button> : null}
              {may('handover.sheet.write') ? <Suspense fallback={null}><SettleButton house_id={house_id} label={h.label} /></Suspense> : null}
              <CanButton can={h.can.write} words={words} onClick={() => setEditing(true)}>修改</CanButton>
            </>
          ) : null
        }
        facts={
          h
            ? [
                ['业主', h.owner_names],
                ['建筑面积', `${area(h.built_area_m2)} ㎡`],
                ['套内面积', h.inner_area_m2 ? `${area(h.inner_area_m2)} ㎡` : null],
                ['供热面积', h.heated_area_m2 ? `${area(h.heated_area_m2)} ㎡` : null],
                ['楼层', String(h.floor_no)],
                ['交付日', h.delivered_on],
                ['用途', h.usage],
                ...(sees ? [['欠费', open.data ? <Go key="o" to={`/billing/bills?house_id=${house_id}&state=unpaid`}><MoneyText fen={open.data.open_fen} owed /> 元({open.data.open_count} 笔)</Go> : '…'] as const] : []),
                ['备注', h.note],
              ]
            : []
        }
        tabs={[
          ...(may('people.person.read') ? [{ key: 'residents', label: '住户', children: () => <ResidentsTab house_id={house_id} /> }] : []),
          ...(sees ? [{ key: 'bills', label: '账单', badge: open.data?.open_count, children: () => <BillsTab house_id={house_id} /> }] : []),
          ...(may('billing.item.read') && h ? [{ key: 'fees', label: '收费标准', children: () => <FeesTab house_id={house_id} community_id={h.community_id} /> }] : []),
          ...(may('payment.payment.read') ? [{ key: 'payments', label: '收款', children: () => <PaymentsTab house_id={house_id} /> }] : []),
          ...(may('orders.order.read') ? [{ key: 'orders', label: '报修', children: () => <Suspense fallback={<LoadingBlock />}><HouseOrders house_id={house_id} /></Suspense> }] : []),
          ...(may('care.complaint.read') ? [{ key: 'complaints', label: '投诉', children: () => <Suspense fallback={<LoadingBlock />}><HouseComplaints house_id={house_id} /></Suspense> }] : []),
          ...(may('contracts.contract.read') ? [{ key: 'contracts', label: '合同', children: () => <Suspense fallback={<LoadingBlock />}><HouseContracts house_id={house_id} /></Suspense> }] : []),
          { key: 'history', label: '变更历史', children: () => <HistoryTab house_id={house_id} /> },
        ]}
      />
      {editing && h ? <HouseDrawer house={h} close={() => setEditing(false)} done={house.retry} /> : null}
    </>
  )
}

function HistoryTab({ house_id }: { house_id: string }) {
  const history = useRead(property.houseHistory, { house_id })
  if (history.error) return <ErrorBlock error={history.error} retry={history.retry} />
  if (history.loading) return <LoadingBlock />
  const fieldWords = words.states?.['house_field'] ?? {}
  const shown = (field: string, v: string | null) => (v === null ? '—' : field === 'state' ? (words.states?.['house_state']?.[v] ?? v) : field === 'kind' ? (words.states?.['house_kind']?.[v] ?? v) : v)
  return (
    <RowsTable
      label="变更历史" rows={history.data?.rows ?? []} row_key="change_id" empty="还没有变更"
      columns={[
        { key: 'on_day', title: '生效日', width: 110 },
        { key: 'field', title: '项目', width: 110, show: (r) => fieldWords[r.field] ?? r.field },
        { key: 'before', title: '原值', width: 130, show: (r) => shown(r.field, r.before) },
        { key: 'after', title: '新值', width: 130, show: (r) => shown(r.field, r.after) },
        { key: 'reason', title: '原因', width: 200 },
        { key: 'changed_by_name', title: '操作人', width: 110 },
        { key: 'changed_at', title: '时间', width: 150, show: (r) => instant(r.changed_at) },
      ]}
    />
  )
}
