// A product, new or a new version: its points, commands and events as lines.
import { Button, Input, InputNumber, Select } from 'antd'
import { useState } from 'react'
import { useWrite } from '../../../ui/api.ts'
import type { Control } from '../../../ui/fields.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { iot, type Link, type Model, type ProductRow } from '../contract.ts'
import { words } from '../words.ts'
import './iot.css'

const options = (group: string) => Object.entries(words.states![group]!).map(([value, label]) => ({ value, label }))
const EMPTY: Model = { points: [], commands: [], events: [], period_s: 60, offline_after_s: 180 }
type Point = Model['points'][number]

/** Where a point lies, by the way the device is reached. */
const WHERE: Partial<Record<Link, string>> = { dlt645_2007: '数据标识', dlt645_1997: '数据标识', cjt188: '数据标识', modbus: '寄存器 hr:0', hj212: '因子代码', bacnet: '对象 ai:1', nbiot: '字段或标识' }
/** `begin`: a new one from what was found on a bus. */
export function ProductDrawer({ product, begin, close }: { product: (ProductRow & { model: Model }) | undefined; begin?: { link: Link; model: Model }; close: () => void }) {
  const [link, setLink] = useState<Link>(product?.link ?? begin?.link ?? 'mqtt')
  const save = useWrite(iot.saveProduct, { in_form: true, done: (a) => `已保存为第 ${a.version_no} 版` })
  return (
    <FormDrawer
      open onClose={close} width={900} columns={2} title={product ? `修改 ${product.name}` : '新增产品'} call={iot.saveProduct} loading={save.running} submitError={save.error} fixed={product ? { product_id: product.product_id } : {}} words={{ category: words.states!['category'], link: words.states!['link'] }}
      fields={['name', 'code', { name: 'category', kind: 'select' }, { name: 'link', kind: 'select', disabled: (product?.device_count ?? 0) > 0 }, { name: 'model', label: '点位与事件', wide: true, control: (c) => <ModelInput {...c} link={link} /> }]}
      follows={(changed) => { if ('link' in changed) setLink(changed['link'] as Link); return undefined }}
      initial={product ? { name: product.name, code: product.code, category: product.category, link: product.link, model: product.model } : { name: '', code: '', category: 'other', link, model: begin?.model ?? EMPTY }}
      onSubmit={async (i) => { if (await save.run(i)) close() }}
    />
  )
}
const labelsText = (p: Point): string => p.labels.map((l) => `${l.value}=${l.name}${l.fault ? '!' : ''}`).join(' ')
const labelsOf = (text: string): Point['labels'] => [...text.matchAll(/(-?\d+)\s*[=:]\s*([^\s!=]{1,12})(!)?/g)].slice(0, 20).map(([, v, name, fault]) => ({ value: Number(v), name: name!, fault: fault === '!' }))
function ModelInput({ value, onChange, link }: Control & { link: Link }) {
  const where = WHERE[link]
  const m = (value as Model | undefined) ?? EMPTY
  const set = (change: Partial<Model>): void => onChange?.({ ...m, ...change })
  const point = (i: number, change: Partial<Point>): void => set({ points: m.points.map((p, n) => (n === i ? { ...p, ...change } : p)) })
  return (
    <div className="hy-stack">
      <div className="hy-line"><label>上报周期(秒) <InputNumber aria-label="上报周期" min={1} max={86_400} value={m.period_s} onChange={(v) => set({ period_s: v ?? 60 })} /></label><label>离线判定(秒) <InputNumber aria-label="离线判定" min={5} max={604_800} value={m.offline_after_s} onChange={(v) => set({ offline_after_s: v ?? 180 })} /></label>{link === 'nbiot' ? <label>内容格式 <Select aria-label="内容格式" style={{ width: 170 }} options={options('inner')} value={m.inner ?? 'json'} onChange={(inner) => set({ inner })} /></label> : null}</div>
      <div className="iot-grid">
        {m.points.map((p, i) => (
          <div key={i} className="iot-row" role="group" aria-label={`第 ${i + 1} 个点位`}>
            <Input aria-label="点位名称" placeholder="名称" style={{ width: 110 }} maxLength={20} value={p.name} onChange={(e) => point(i, { name: e.target.value })} />
            <Input aria-label="代号" placeholder="代号" style={{ width: 90 }} maxLength={30} value={p.key} onChange={(e) => point(i, { key: e.target.value })} />
            <Select aria-label="类型" style={{ width: 95 }} options={options('kind')} value={p.kind} onChange={(kind) => point(i, { kind })} />
            {where ? <Input aria-label="位置" placeholder={where} style={{ width: 105 }} maxLength={40} value={p.where ?? ''} onChange={(e) => point(i, { where: e.target.value || null })} /> : null}
            {p.kind === 'state' ? <Input aria-label="取值" placeholder="0=关 1=开 2=故障!" style={{ flex: 1 }} defaultValue={labelsText(p)} onBlur={(e) => point(i, { labels: labelsOf(e.target.value) })} /> : (
              <>
                <Input aria-label="单位" placeholder="单位" style={{ width: 70 }} maxLength={10} value={p.unit} onChange={(e) => point(i, { unit: e.target.value })} />
                <InputNumber aria-label="小数位" placeholder="小数" style={{ width: 65 }} min={0} max={4} value={p.places} onChange={(v) => point(i, { places: v ?? 0 })} />
                <InputNumber aria-label="量程下限" placeholder="下限" style={{ width: 85 }} value={p.low} onChange={(v) => point(i, { low: v })} />
                <InputNumber aria-label="量程上限" placeholder="上限" style={{ width: 95 }} value={p.high} onChange={(v) => point(i, { high: v })} />
                <InputNumber aria-label="每小时最大变化" placeholder="每小时最大" style={{ width: 100 }} value={p.max_per_h} onChange={(v) => point(i, { max_per_h: v })} />
              </>
            )}
            <Button aria-label={`删除第 ${i + 1} 个点位`} onClick={() => set({ points: m.points.filter((_, n) => n !== i) })}>删</Button>
          </div>
        ))}
      </div>
      <div><Button onClick={() => set({ points: [...m.points, { key: '', name: '', kind: 'gauge', unit: '', places: 1, low: null, high: null, max_per_h: null, labels: [], where: null }] })}>加一个点位</Button></div>
      {link in PLACE ? <CommandsInput m={m} link={link} set={set} /> : null}
      {m.events.map((e, i) => (
        <div key={i} className="iot-row" role="group" aria-label={`第 ${i + 1} 个事件`}>
          <Input aria-label="事件名称" placeholder="事件名称" style={{ width: 140 }} maxLength={20} value={e.name} onChange={(x) => set({ events: m.events.map((y, n) => (n === i ? { ...y, name: x.target.value } : y)) })} />
          <Input aria-label="事件代号" placeholder="代号" style={{ width: 140 }} maxLength={30} value={e.key} onChange={(x) => set({ events: m.events.map((y, n) => (n === i ? { ...y, key: x.target.value } : y)) })} />
          <Select aria-label="级别" style={{ width: 100 }} options={options('level')} value={e.level} onChange={(level) => set({ events: m.events.map((y, n) => (n === i ? { ...y, level } : y)) })} />
          <Button aria-label={`删除第 ${i + 1} 个事件`} onClick={() => set({ events: m.events.filter((_, n) => n !== i) })}>删</Button>
        </div>
      ))}
      <div><Button onClick={() => set({ events: [...m.events, { key: '', name: '', level: 'minor' }] })}>加一个事件</Button></div>
    </div>
  )
}
type Command = Model['commands'][number]
/** Who can be told something, and how the place is written. */
const PLACE: Partial<Record<Link, string>> = { mqtt: '', modbus: 'hr:2', bacnet: 'bo:1@8', dlt645_2007: '1C:1A', cjt188: 'A017:99' }
const FRESH: Command = { key: '', name: '', safety: 'comfort', arg: null, ttl_s: 30, idempotent: true, confirm: null, where: null, value: null }
/** A command writes one value, or what is asked for within bounds; the point that is read back says whether it was done. */
function CommandsInput({ m, link, set }: { m: Model; link: Link; set: (change: Partial<Model>) => void }) {
  const metered = link === 'dlt645_2007' || link === 'cjt188'
  const change = (i: number, x: Partial<Command>): void => set({ commands: m.commands.map((c, n) => (n === i ? { ...c, ...x } : c)) })
  return (
    <>
      {m.commands.map((c, i) => (
        <div key={i} className="iot-row" role="group" aria-label={`第 ${i + 1} 个命令`}>
          <Input aria-label="命令名称" placeholder="命令名称" style={{ width: 105 }} maxLength={20} value={c.name} onChange={(e) => change(i, { name: e.target.value })} />
          <Input aria-label="命令代号" placeholder="代号" style={{ width: 85 }} maxLength={30} value={c.key} onChange={(e) => change(i, { key: e.target.value })} />
          <Select aria-label="安全级别" style={{ width: 95 }} options={options('safety')} value={c.safety} onChange={(safety) => change(i, { safety })} />
          {link === 'mqtt' ? null : <Input aria-label="写到哪里" placeholder={PLACE[link]} style={{ width: metered ? 130 : 90 }} maxLength={40} value={c.where ?? ''} onChange={(e) => change(i, { where: e.target.value || null })} />}
          {metered ? <label>回读值 <InputNumber aria-label="回读值" style={{ width: 70 }} value={c.confirm?.equals ?? null} disabled={!c.confirm} onChange={(equals) => change(i, { confirm: c.confirm ? { ...c.confirm, equals } : null })} /></label> : <>
          <Select aria-label="写什么" style={{ width: 95 }} options={[{ value: 'value', label: '固定值' }, { value: 'arg', label: '给参数' }]} value={c.arg ? 'arg' : 'value'} onChange={(v) => change(i, v === 'arg' ? { arg: { name: '数值', unit: '', low: 0, high: 100, places: 1 }, value: null, confirm: c.confirm ? { ...c.confirm, equals: null } : null } : { arg: null, value: 1, confirm: c.confirm ? { ...c.confirm, equals: 1 } : null })} />
          {c.arg ? <><InputNumber aria-label="参数下限" style={{ width: 75 }} value={c.arg.low} onChange={(v) => change(i, { arg: { ...c.arg!, low: v ?? 0 } })} /><InputNumber aria-label="参数上限" style={{ width: 75 }} value={c.arg.high} onChange={(v) => change(i, { arg: { ...c.arg!, high: v ?? 0 } })} /></> : <InputNumber aria-label="固定值" style={{ width: 75 }} value={c.value} onChange={(v) => change(i, { value: v, confirm: c.confirm ? { ...c.confirm, equals: v } : null })} />}
          </>}
          <Select aria-label="回读点位" allowClear placeholder="不回读" style={{ flex: 1, minWidth: 110 }} options={m.points.filter((p) => p.key !== '').map((p) => ({ value: p.key, label: `回读 ${p.name}` }))} value={c.confirm?.point ?? null} onChange={(point?: string) => change(i, { confirm: point ? { point, equals: metered ? (c.confirm?.equals ?? 0) : c.arg ? null : c.value, within_s: c.confirm?.within_s ?? (metered ? 60 : 15) } : null })} />
          <Button aria-label={`删除第 ${i + 1} 个命令`} onClick={() => set({ commands: m.commands.filter((_, n) => n !== i) })}>删</Button>
        </div>
      ))}
      {metered && m.commands.length > 0 ? <span className="hy-muted">{link === 'cjt188' ? '开阀 A017:55、关阀 A017:99,厂家码 66、77;后面可接表类型(10 冷水、20 热量、30 燃气)和 hi(标识高字节在前),如 A017:77:20:hi' : '跳闸 1C:1A、合闸允许 1C:1B、直接合闸 1C:1C、保电 1C:3A、保电解除 1C:3B'};安全级别选涉及安全,以回读为准</span> : null}
      <div><Button onClick={() => set({ commands: [...m.commands, metered ? { ...FRESH, safety: 'life', ttl_s: 300 } : FRESH] })}>加一个命令</Button></div>
    </>
  )
}
