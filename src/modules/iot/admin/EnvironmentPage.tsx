// 环境监测: what each place is like, within which range it is held, and by what.
import { Button, Tag } from 'antd'
import { useState } from 'react'
import { addDays, today } from '../../../kernel/clock.ts'
import { Go } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { usePlace } from '../../../ui/session.ts'
import { EmptyBlock } from '../../../ui/states.tsx'
import { iot, type EnvRow, type EnvValue } from '../contract.ts'
import { said, TONE } from '../shown.ts'
import { words } from '../words.ts'
import { measure, placeOf } from './shared.tsx'
import './iot.css'

const REFRESH_MS = 10_000
export default function EnvironmentPage() {
  const { place_id } = usePlace()
  const list = useRead(iot.environment, placeOf(place_id), { refresh_ms: REFRESH_MS, keep: true })
  const [open, setOpen] = useState<{ row: EnvRow; value: EnvValue }>()
  const rows = list.data?.rows ?? []
  return (
    <ReadPage title="环境监测" loading={list.loading} error={list.error} retry={list.retry}>
      {rows.length === 0 ? <EmptyBlock text="还没有环境类设备:温湿度、空气质量、一氧化碳等" next={<Go to="/iot/devices">到「设备监控」登记</Go>} /> : (
        <div className="iot-places">
          {rows.map((r) => (
            <section key={r.device_id} className="hy-card">
              <div className="hy-line"><Go to={`/iot/devices/${r.device_id}`}><b>{r.place}</b></Go><span className="hy-muted">{r.name}{place_id ? '' : ` · ${r.community_name}`}</span><StateTag value={r.state} words={words.states?.['state']} tones={TONE} /></div>
              <div className="iot-tiles">
                {r.values.map((v) => (
                  <div key={v.point} className={`iot-tile${v.over ? ' iot-bad' : ''}`}>
                    <span className="hy-muted">{v.name}{v.over ? <> <Tag color="error">{v.over === 'high' ? '高于上限' : '低于下限'}</Tag></> : null}</span><b>{v.text}</b>{v.q && v.q !== 'good' ? <Tag>{said('quality', v.q)}</Tag> : null}
                    <span className="hy-muted">{v.held_text ?? '没有设定范围'}</span>
                    <span className="hy-line"><span className="hy-muted">{v.at ? instant(v.at).slice(5) : '还没有上报'}</span><Go to={`/iot/devices/${r.device_id}?tab=history&points=${v.point}&from_on=${addDays(today(), -6)}&to_on=${today()}`}>曲线</Go>{r.may_hold ? <Button size="small" onClick={() => setOpen({ row: r, value: v })} aria-label={`设定 ${r.name} ${v.name} 的范围`}>设定范围</Button> : null}</span>
                  </div>
                ))}
              </div>
            </section>
          ))}
        </div>
      )}
      {open ? <HoldDrawer key={open.row.device_id + open.value.point} row={open.row} value={open.value} close={() => setOpen(undefined)} /> : null}
    </ReadPage>
  )
}
function HoldDrawer({ row, value, close }: { row: EnvRow; value: EnvValue; close: () => void }) {
  const save = useWrite(iot.saveHeld, { in_form: true, done: (a) => (a.rule_count === 0 ? '已取消,不再保持' : '已保存,立即生效') })
  const actors = useRead(iot.actors, { device_id: row.device_id })
  const h = value.held
  const [actor, setActor] = useState<string | null>(h?.actor_id ?? null)
  const all = actors.data?.rows ?? []
  const commands = (all.find((a) => a.device_id === actor)?.commands ?? []).map((c) => ({ value: c.key, label: c.name }))
  const command = (name: 'high_on' | 'high_off' | 'low_on' | 'low_off') => ({ name, kind: 'select' as const, options: commands, placeholder: actor ? '不动作' : '先选设备' })
  const unit = value.unit ? `(${value.unit})` : ''
  return (
    <FormDrawer
      open onClose={close} width={680} columns={2} title={`${row.place} ${value.name}${unit}:保持范围`} call={iot.saveHeld} loading={save.running} submitError={save.error} fixed={{ device_id: row.device_id, point: value.point }} words={{ level: words.states?.['level'] }}
      fields={[measure('high'), measure('high_back'), measure('low'), measure('low_back'), { name: 'actor_id', kind: 'select', placeholder: '不控制,只报警', options: all.map((a) => ({ value: a.device_id, label: a.name })) }, 'for_s', command('high_on'), command('high_off'), command('low_on'), command('low_off'), { name: 'level', kind: 'select', placeholder: '不报警' }]}
      initial={h ?? { high: null, high_back: null, low: null, low_back: null, for_s: 60, level: 'minor', actor_id: null, high_on: null, high_off: null, low_on: null, low_off: null }}
      follows={(changed) => { if (!('actor_id' in changed)) return undefined; setActor((changed['actor_id'] as string | undefined) ?? null); return { high_on: null, high_off: null, low_on: null, low_off: null } }}
      onSubmit={async (i) => { if (await save.run(i)) close() }}
    ><p className="hy-muted">越过限值并持续到规定秒数才动作,回到恢复值才停,不会来回跳;恢复值不填即等于限值。上限和下限都不填为取消。保存后在「联动规则」里各是一条规则。</p></FormDrawer>
  )
}
