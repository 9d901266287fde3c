// A scene, new or a new version: steps of product, devices, command.
import { Button, InputNumber, Select } from 'antd'
import { useState } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import type { Control } from '../../../ui/fields.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { usePlace } from '../../../ui/session.ts'
import { iot, type SceneOne, type SceneStep } from '../contract.ts'
import { DeviceSelect } from './DeviceSelect.tsx'
import { placeOf } from './shared.tsx'

export function SceneDrawer({ scene, close }: { scene?: SceneOne; close: () => void }) {
  const { place_id, places } = usePlace()
  const save = useWrite(iot.saveScene, { in_form: true, done: (a) => `已保存为第 ${a.version_no} 版` })
  const [community_id, setCommunity] = useState(scene?.community_id ?? place_id ?? places[0]?.id ?? '')
  return (
    <FormDrawer
      open onClose={close} width={860} columns={2} title={scene ? `修改 ${scene.name}` : '新增场景'} call={iot.saveScene} loading={save.running} submitError={save.error} fixed={scene ? { scene_id: scene.scene_id } : {}}
      fields={['name', { name: 'community_id', kind: 'select', disabled: scene !== undefined, options: places.map((p) => ({ value: p.id, label: p.name })) }, { name: 'body', wide: true, control: (c) => <StepsInput {...c} community_id={community_id} /> }]}
      initial={scene ? { name: scene.name, community_id: scene.community_id, body: scene.body } : { name: '', ...placeOf(community_id || undefined), body: [] }}
      follows={(changed) => { if (typeof changed['community_id'] === 'string') setCommunity(changed['community_id']); return 'community_id' in changed ? { body: [] } : undefined }}
      onSubmit={async (i) => { if (await save.run(i)) close() }}
    />
  )
}
function StepsInput({ value, onChange, community_id }: Control & { community_id: string }) {
  const steps = (value as SceneStep[] | undefined) ?? []
  const products = useRead(iot.products, {}, { stale_ms: 60_000 })
  // What shuts a meter is told by a person, one by one.
  const options = (products.data?.rows ?? []).filter((p) => p.command_count > 0 && p.category !== 'meter').map((p) => ({ value: p.product_id, label: p.name }))
  const set = (i: number, change: Partial<SceneStep>): void => onChange?.(steps.map((s, n) => (n === i ? { ...s, ...change } : s)))
  return (
    <div className="hy-stack">
      {steps.map((s, i) => (
        <div key={i} className="hy-line" role="group" aria-label={`第 ${i + 1} 步`}>
          <Select aria-label="产品" style={{ width: 180 }} options={options} value={s.product_id || null} placeholder="产品" onChange={(product_id) => set(i, { product_id, device_ids: [], command: '', arg: null })} />
          {s.product_id ? <StepInput s={s} community_id={community_id} set={(change) => set(i, change)} /> : null}
          <Button size="small" aria-label={`删除第 ${i + 1} 步`} onClick={() => onChange?.(steps.filter((_, n) => n !== i))}>删</Button>
        </div>
      ))}
      <div><Button disabled={steps.length >= 20} onClick={() => onChange?.([...steps, { product_id: '', device_ids: [], command: '', arg: null }])}>加一步</Button></div>
    </div>
  )
}
function StepInput({ s, community_id, set }: { s: SceneStep; community_id: string; set: (change: Partial<SceneStep>) => void }) {
  const product = useRead(iot.product, { product_id: s.product_id }, { stale_ms: 60_000 })
  const devices = useRead(iot.devices, { product_id: s.product_id, ...(community_id ? { community_id } : {}), page_size: 1 }, { stale_ms: 60_000 })
  const commands = (product.data?.model.commands ?? []).filter((c) => c.safety !== 'life')
  const spec = commands.find((c) => c.key === s.command)
  return (
    <>
      <Select aria-label="命令" style={{ width: 130 }} options={commands.map((c) => ({ value: c.key, label: c.name }))} value={s.command || null} placeholder="命令" onChange={(command) => set({ command, arg: commands.find((c) => c.key === command)?.arg?.high ?? null })} />
      {spec?.arg ? <InputNumber aria-label={spec.arg.name} style={{ width: 110 }} min={spec.arg.low} max={spec.arg.high} suffix={spec.arg.unit} value={s.arg} onChange={(arg) => set({ arg })} /> : null}
      <DeviceSelect multiple width={260} product_id={s.product_id} community_id={community_id} value={s.device_ids} placeholder={`全部(${devices.data?.total ?? 0} 台)`} onChange={(device_ids: string[]) => set({ device_ids })} />
    </>
  )
}
