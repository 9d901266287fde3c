// 设备档案: what it is, its papers, states, repairs, costs.
import { Button, Tag } from 'antd'
import { Suspense, lazy, useState } from 'react'
import { Go, useGo, useParam } from '../../../ui/address.tsx'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { today } from '../../../kernel/clock.ts'
import { yen } from '../../../ui/format.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { useMay } from '../../../ui/session.ts'
import { LoadingBlock } from '../../../ui/states.tsx'
import { ACTIONS, equipment, type Action, type Device } from '../contract.ts'
import { TONE, said } from '../shown.ts'
import { words } from '../words.ts'
import { DeviceDrawer } from './DeviceDrawer.tsx'
import { CertsTab, CostsTab, DataTab, HistoryTab, PapersTab, RunningTab } from './DeviceTabs.tsx'

const DeviceOrders = lazy(() => import('../../orders/admin/shared.tsx').then((m) => ({ default: m.DeviceOrders })))
const DeviceLife = lazy(() => import('../../orders/admin/shared.tsx').then((m) => ({ default: m.DeviceLife })))
const DeviceUpkeep = lazy(() => import('../../rounds/admin/shared.tsx').then((m) => ({ default: m.DeviceUpkeep })))
const Sops = lazy(() => import('../../office/admin/shared.tsx').then((m) => ({ default: m.Sops })))
const ReportButton = lazy(() => import('../../orders/admin/shared.tsx').then((m) => ({ default: m.ReportDeviceButton })))

export default function DevicePage() {
  const equipment_id = useParam('equipment_id')
  const may = useMay()
  const go = useGo()
  const device = useRead(equipment.device, { equipment_id })
  const [editing, setEditing] = useState(false)
  const [action, setAction] = useState<Action>()
  const d = device.data
  return (
    <>
      <DetailPage
        title={d ? `${d.no} ${d.name}` : '设备档案'} loading={device.loading} error={device.error} retry={device.retry} back="/equipment/devices"
        tags={d ? <><Tag>{d.system_name} / {d.category_name}</Tag><StateTag value={d.state} words={words.states?.['state']} tones={TONE} />{d.must_stop && d.state !== 'scrapped' ? <StateTag value="s" words={{ s: '证件过期,须停用' }} tones={{ s: 'bad' }} /> : null}{d.life_on && d.life_on <= today() && d.state !== 'scrapped' ? <StateTag value="a" words={{ a: '超设计年限' }} tones={{ a: 'warn' }} /> : null}</> : null}
        actions={d ? (
          <>
            {d.state !== 'scrapped' && may('orders.order.create') ? <Suspense fallback={null}><ReportButton device={d} /></Suspense> : null}
            {d.can.write === true ? ACTIONS.filter((a) => d.can[a] === true).map((a) => <CanButton key={a} can={d.can[a]} words={words} danger={a === 'scrap'} onClick={() => setAction(a)}>{said('action', a)}</CanButton>) : null}
            {may('siteplan.plan.read') ? <Button onClick={() => go(`/siteplan?at=equipment.${d.equipment_id}`)}>在平面图上看</Button> : null}
            <Button href={fileUrl(equipment.deviceLabels, { equipment_ids: [d.equipment_id], size: 'large' })} target="_blank">打印标签</Button>
            <CanButton can={d.can.write} words={words} onClick={() => setEditing(true)}>修改</CanButton>
          </>
        ) : null}
        facts={d ? factsOf(d) : []}
        tabs={d ? [
          { key: 'data', label: '参数与标准', children: () => <div className="hy-stack"><Suspense fallback={null}><Sops at="device" id={equipment_id} /></Suspense><DataTab d={d} /></div> },
          ...(may('orders.order.read') ? [{ key: 'orders', label: '报修记录', children: () => <Suspense fallback={<LoadingBlock />}><DeviceOrders equipment_id={equipment_id} /></Suspense> }] : []),
          { key: 'upkeep', label: '保养与巡检', children: () => <Suspense fallback={<LoadingBlock />}><DeviceUpkeep equipment_id={equipment_id} /></Suspense> },
          { key: 'certs', label: '检验与证件', children: () => <CertsTab d={d} /> },
          { key: 'papers', label: '资料', badge: d.papers.length || undefined, children: () => <PapersTab d={d} /> },
          { key: 'costs', label: '费用', children: () => <CostsTab d={d} /> },
          ...(may('orders.order.read') ? [{ key: 'life', label: '全寿命成本', children: () => <Suspense fallback={<LoadingBlock />}><DeviceLife equipment_id={equipment_id} /></Suspense> }] : []),
          { key: 'running', label: '运行小时', children: () => <RunningTab d={d} /> },
          { key: 'history', label: '状态历史', children: () => <HistoryTab d={d} /> },
        ] : []}
      />
      {editing && d ? <DeviceDrawer device={d} close={() => setEditing(false)} /> : null}
      {action && d ? <StateModal d={d} action={action} close={() => setAction(undefined)} /> : null}
    </>
  )
}
function factsOf(d: Device) {
  return [
    ['设备码', <span key="c" className="hy-num">{d.code}</span>], ['小区', d.community_name], ['安装位置', d.place], ['楼栋', [d.zone_name, d.building_name, d.unit_no ? `${d.unit_no}单元` : null].filter(Boolean).join(' ') || null], ['公共部位', d.area_name],
    ['生产厂家', d.maker], ['规格型号', d.model], ['出厂编号', d.serial], ['出厂日期', d.made_on], ['安装日期', d.installed_on], ['投用日期', d.used_on],
    ['质保到期', d.warranty_on ? <span key="w">{d.warranty_on}{d.in_warranty ? '(在保)' : '(已过)'}</span> : null], ['设计年限', d.life_years ? `${d.life_years} 年${d.life_on ? `,至 ${d.life_on}` : ''}` : null], ['责任人', d.keeper_name],
    ['供应商', [d.supplier, d.supplier_phone].filter(Boolean).join(' ') || null], ['购置金额', d.purchase_fen === null ? null : yen(d.purchase_fen)], ['累计运行', d.total_hours ? `${d.total_hours} 小时` : null],
    ['上级设备', d.parent_id ? <Go key="p" to={`/equipment/devices/${d.parent_id}`}>{d.parent_name}</Go> : null], ['备注', d.note],
  ] as const
}
function StateModal({ d, action, close }: { d: Device; action: Action; close: () => void }) {
  const save = useWrite(equipment.setState, { in_form: true, done: '已变更' })
  return <FormModal open onClose={close} title={`${d.no} ${d.name}:${said('action', action)}`} submit={said('action', action)} danger={action === 'scrap'} call={equipment.setState} fields={['from_on', 'reason']} fixed={{ equipment_id: d.equipment_id, action }} initial={{ from_on: today() }} loading={save.running} submitError={save.error} onSubmit={async (i) => { if (await save.run(i)) close() }} />
}
