// One fire: which parts reported it, what was done by itself, what each device answered.
import { Alert } from 'antd'
import { useState } from 'react'
import { Go, useParam } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { useMay } from '../../../ui/session.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { iot } from '../contract.ts'
import { FIRE_TONE, ITEM_TONE, said } from '../shown.ts'
import { words } from '../words.ts'

const REFRESH_MS = 2000
export default function FirePage() {
  const fire_id = useParam('fire_id')
  const fire = useRead(iot.fire, { fire_id }, { refresh_ms: REFRESH_MS, keep: true })
  const [doing, setDoing] = useState<'confirm' | 'end'>()
  const confirm = useWrite(iot.confirmFire, { in_form: true, done: '已确认,联动已执行' })
  const end = useWrite(iot.endFire, { in_form: true, done: '已结束' })
  const f = fire.data
  const may = useMay()
  const close = () => setDoing(undefined)
  return (
    <>
      <DetailPage
        title={f?.first_part ?? '火警'} loading={fire.loading} error={fire.error} retry={fire.retry} back="/iot/fires" tags={f ? <StateTag value={f.state} words={words.states?.['fire']} tones={FIRE_TONE} /> : null}
        actions={f ? <><CanButton can={f.can.confirm} words={words} danger type="primary" onClick={() => setDoing('confirm')}>确认火警</CanButton><CanButton can={f.can.end} words={words} onClick={() => setDoing('end')}>结束</CanButton></> : null}
        facts={f ? [['小区', f.community_name], ['位置', f.place], ['传输装置', <Go key="d" to={`/iot/devices/${f.device_id}`}>{f.device_name}</Go>], ...(may('siteplan.plan.read') ? [['平面图', <Go key="s" to={`/siteplan?at=device.${f.device_id}`}>在平面图上看</Go>] as const] : []), ['首个火警', instant(f.begun_at, { seconds: true })], ['确认', f.confirmed_at ? `${instant(f.confirmed_at, { seconds: true })} ${f.confirmed_by_name}` : null], ['确认依据', f.confirmed_why], ['结束', f.ended_at ? `${instant(f.ended_at)} ${f.ended_by_name}` : null], ['结论', said('verdict', f.verdict)], ['处置情况', f.note], ['报警记录', f.alarm_id ? <Go key="a" to={`/iot/alarms/${f.alarm_id}`}>查看</Go> : null]] : []}
      >
        {f ? (
          <div className="hy-stack">
            {f.held_why && f.state === 'reported' ? <Alert type="warning" showIcon title={`${f.held_why},没有自动联动。请到现场核实,属实点「确认火警」。`} /> : null}
            {f.state === 'reported' && !f.held_why ? <Alert type="error" showIcon title="只有一个探测器报警,请立即核实。再有一个独立信号或手动报警即自动联动;现场属实也可点「确认火警」。" /> : null}
            <RowsTable label="报警部件" rows={f.parts} row_key="part_key" empty="没有部件" columns={[{ key: 'part_text', title: '部件', width: 420 }, { key: 'manual', title: '种类', width: 110, show: (r) => (r.manual ? '手动报警' : '自动探测') }, { key: 'said_at', title: '装置时间', width: 170 }, { key: 'heard_at', title: '收到时间', width: 160, show: (r) => instant(r.heard_at, { seconds: true }) }]} />
            <RowsTable label="联动" rows={f.acts} row_key="act_no" empty="还没有联动" columns={[{ key: 'at', title: '时间', width: 160, show: (r) => instant(r.at, { seconds: true }) }, { key: 'act', title: '动作', width: 130, show: (r) => said('act', r.act) }, { key: 'state', title: '结果', width: 110, show: (r) => <StateTag value={r.state} words={words.states?.['act_state']} tones={{ done: 'good', sent: 'busy', none: 'plain', failed: 'bad' }} /> }, { key: 'detail', title: '说明', width: 460 }]} />
            {f.devices.length ? <RowsTable label="逐台结果" rows={f.devices.map((d, n) => ({ ...d, n }))} row_key="n" empty="" columns={[{ key: 'act', title: '动作', width: 110, show: (r) => said('act', r.act) }, { key: 'device_name', title: '设备', width: 200, show: (r) => <Go to={`/iot/devices/${r.device_id}`}>{r.device_name}</Go> }, { key: 'place', title: '安装位置', width: 160 }, { key: 'name', title: '命令', width: 110 }, { key: 'state', title: '结果', width: 110, show: (r) => <StateTag value={r.state} words={words.states?.['item']} tones={ITEM_TONE} /> }, { key: 'why', title: '说明', width: 220 }]} /> : null}
          </div>
        ) : null}
      </DetailPage>
      {doing === 'confirm' ? <FormModal open onClose={close} title="确认火警" submit="确认并联动" danger call={iot.confirmFire} fields={[{ name: 'reason', help: '如:现场有明火、有浓烟' }]} fixed={{ fire_id }} loading={confirm.running} submitError={confirm.error} onSubmit={async (i) => { if (await confirm.run(i)) close() }}><p>确认后立即执行:电梯迫降、停通风空调、释放门禁,并通知值班和上级。不能撤回。</p></FormModal> : null}
      {doing === 'end' ? <FormModal open onClose={close} title="结束火警" call={iot.endFire} fields={[{ name: 'verdict', kind: 'select' }, { name: 'note', kind: 'area' }]} words={{ verdict: words.states!['verdict'] }} fixed={{ fire_id }} loading={end.running} submitError={end.error} onSubmit={async (i) => { if (await end.run(i)) close() }}><p className="hy-muted">结束后设备不会自动复位,电梯和门请到现场恢复。</p></FormModal> : null}
    </>
  )
}
