// 平面图 on the phone of whoever walks the grounds: where things stand and how they are now. Without network it says from when what it shows is.
import { useState } from 'react'
import { readNow } from '../../../ui/api.ts'
import { instant } from '../../../ui/format.ts'
import { Chips, Facts, Field, RowButton, RowLink, Sheet, Tag } from '../../../ui/phone/bits.tsx'
import { mayDo, ownerOf, usePhoneMe } from '../../../ui/phone/me.ts'
import { useMemory } from '../../../ui/phone/memory.ts'
import { Page } from '../../../ui/phone/Page.tsx'
import { ErrorState, Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { useQueryText } from '../../../ui/phone/router.tsx'
import type { Out } from '../../../kernel/contract.ts'
import { SHOWN, siteplan, type Pin } from '../contract.ts'
import { pinName, said, stateText } from '../shown.ts'
import { Canvas } from './Canvas.tsx'
import { usePicture } from './picture.ts'
import './siteplan.css'

const AGAIN_MS = 10_000
const TAGS = { bad: { kind: 'bad' as const }, warn: { kind: 'warn' as const }, good: { kind: 'good' as const }, plain: {} }
const ORDER = { bad: 0, warn: 1, good: 2, plain: 3 }
export function PlanPage() {
  const me = usePhoneMe()
  const owner = ownerOf(me)
  const may = mayDo(me, 'siteplan.plan.read')
  const asked = useQueryText('plan')
  const [chosen, setChosen] = useState<string>()
  const plans = useMemory([siteplan.plans.name], `${owner} siteplan plans`, () => readNow(siteplan.plans, {}), { enabled: may })
  return (
    <Page title="平面图" back="/">
      <Loaded reading={plans}>
        {({ value }) => {
          const rows = value.rows.filter((p) => p.version)
          const plan_id = rows.find((p) => p.plan_id === (chosen ?? asked))?.plan_id ?? rows[0]?.plan_id
          if (!plan_id) return <StateBlock icon="info" title="还没有平面图" text="在管理端「安防秩序 → 平面图」上传以后就能看" />
          const many = new Set(rows.map((p) => p.community_id)).size > 1
          return (
            <div className="sq-page">
              {rows.length > 1 ? <Chips label="哪张图" choices={rows.map((p) => ({ value: p.plan_id, label: many ? `${p.community_name} ${p.name}` : p.name }))} value={plan_id} choose={setChosen} /> : null}
              <One key={plan_id} plan_id={plan_id} owner={owner} />
            </div>
          )
        }}
      </Loaded>
    </Page>
  )
}
type Plan = Out<typeof siteplan.plan.gives>
function One({ plan_id, owner }: { plan_id: string; owner: string }) {
  const reading = useMemory([siteplan.plan.name, plan_id], `${owner} siteplan plan ${plan_id}`, () => readNow(siteplan.plan, { plan_id }), { refresh_ms: AGAIN_MS })
  return <Loaded reading={reading}>{({ value, saved_at, old }) => <Shown p={value} owner={owner} old={old ? saved_at : undefined} again={reading.retry} />}</Loaded>
}
const FILTERS = [{ value: 'all', label: '全部' }, { value: 'bad', label: '只看异常' }]
function Shown({ p, owner, old, again }: { p: Plan; owner: string; old: string | undefined; again: () => void }) {
  const [only, setOnly] = useState('all')
  const [on, setOn] = useState<string>()
  const [many, setMany] = useState<readonly string[]>()
  const [listed, setListed] = useState(false)
  const picture = usePicture(owner, p.plan_id, p.version?.version_id)
  const bad = p.counts.alarm + p.counts.bad + p.counts.warn
  const pins = p.pins.filter((x) => only === 'all' || (only === 'bad' ? x.tone === 'bad' || x.tone === 'warn' : x.shown === only))
  const pin = p.pins.find((x) => x.pin_id === on)
  const kinds = SHOWN.filter((k) => k !== 'mark' && k !== 'building' && p.pins.some((x) => x.shown === k))
  const together = p.pins.filter((x) => many?.includes(x.pin_id))
  if (!p.version) return <StateBlock icon="info" title="这张图还没有图片" />
  return (
    <>
      {old ? <p className="ph-fault" role="status">没有网络:图上是 {instant(old).slice(5, 16)} 的状态,现在可能已经变了。</p> : <p className="ph-weak ph-small" role="status">{p.counts.alarm > 0 ? <b className="ph-red">报警 {p.counts.alarm} </b> : null}{bad > 0 ? `异常和注意 ${p.counts.bad + p.counts.warn} · ` : '没有异常 · '}{instant(p.now_at, { seconds: true }).slice(11, 19)} 的状态</p>}
      <Chips label="看哪些" choices={[...FILTERS.map((f) => (f.value === 'bad' && bad > 0 ? { ...f, label: `只看异常 ${bad}` } : f)), ...kinds.map((k) => ({ value: k, label: said('shown', k) }))]} value={only} choose={setOnly} />
      {picture.error ? (old ? <StateBlock icon="offline" title="图片没有存在手机上" text="有网络时打开过一次,没有网络也能看;下面的清单可以用" /> : <ErrorState error={picture.error} retry={picture.retry} />) : <Canvas url={picture.url} version={p.version} name={p.name} pins={pins} lines={p.lines} on={on} old={old !== undefined} choose={setOn} open={setMany} />}
      <div className="ph-list"><RowButton icon="todo" title="清单" under={`${pins.filter((x) => x.shown !== 'mark').length} 个点`} onClick={() => setListed(true)} /></div>
      <Sheet open={listed} title="图上的点" close={() => setListed(false)}><List pins={pins.filter((x) => x.shown !== 'mark')} choose={(id) => { setListed(false); setOn(id) }} /></Sheet>
      <Sheet open={many !== undefined} title={`这里有 ${together.length} 个点`} close={() => setMany(undefined)}><List pins={together} choose={(id) => { setMany(undefined); setOn(id) }} /></Sheet>
      <Sheet open={pin !== undefined} title={pin ? pinName(pin) : ''} close={() => setOn(undefined)}>{pin ? <PinInfo p={pin} old={old} again={again} /> : null}</Sheet>
    </>
  )
}
function List({ pins, choose }: { pins: readonly Pin[]; choose: (id: string) => void }) {
  const [typed, setTyped] = useState('')
  const found = pins.filter((p) => typed === '' || `${pinName(p)} ${p.place} ${p.building_name ?? ''}`.includes(typed)).toSorted((a, b) => ORDER[a.tone] - ORDER[b.tone])
  return (
    <div className="ph-section">
      {pins.length > 8 ? <Field label="查找">{(x) => <input {...x} className="ph-input" maxLength={40} value={typed} placeholder="编号、名称、位置" onChange={(e) => setTyped(e.target.value)} />}</Field> : null}
      {found.length === 0 ? <p className="ph-weak">没有符合的点</p> : <div className="ph-list">{found.map((p) => <RowButton key={p.pin_id} title={pinName(p)} under={[p.shown === 'mark' ? said('mark', p.mark) : said('shown', p.shown), p.building_name, p.place].filter(Boolean).join(' · ')} side={stateText(p) ? <Tag {...TAGS[p.tone]}>{stateText(p)}</Tag> : null} onClick={() => choose(p.pin_id)} />)}</div>}
    </div>
  )
}
/** What of the thing has a page on this phone, by the right over it. */
const WAYS: readonly { of: Pin['kind']; needs: string; title: string; to: (p: Pin) => string | null }[] = [
  { of: 'equipment', needs: 'equipment.device.read', title: '设备档案与报修', to: (p) => `/equipment/devices/${p.subject_id}` },
  { of: 'sign', needs: 'safety.sign.read', title: '标识与检查', to: (p) => `/safety/signs/${p.subject_id}` },
]
function PinInfo({ p, old, again }: { p: Pin; old: string | undefined; again: () => void }) {
  const me = usePhoneMe()
  const ways = WAYS.filter((w) => w.of === p.kind && mayDo(me, w.needs)).flatMap((w) => { const to = w.to(p); return to ? [{ title: w.title, to }] : [] })
  return (
    <div className="ph-section">
      <Facts rows={[['种类', p.shown === 'mark' ? said('mark', p.mark) : said('shown', p.shown)], [p.building_name, p.place].some(Boolean) ? ['位置', [p.building_name, p.place].filter(Boolean).join(' ')] : null, stateText(p) ? ['状态', <Tag key="s" {...(old ? {} : TAGS[p.tone])}>{stateText(p)}</Tag>] : null, p.detail ? ['现在', p.detail] : null, old ? ['截至', instant(old).slice(5, 16)] : null]} />
      {p.alarm ? <p className="ph-fault">{said('level', p.alarm.level)}报警:{p.alarm.title},{instant(p.alarm.raised_at).slice(5, 16)} 发生</p> : null}
      {p.alarm && mayDo(me, 'iot.device.read') ? <div className="ph-list"><RowLink icon="warn" title="到报警处理" to={`/iot/alarms/${p.alarm.alarm_id}`} /></div> : null}
      {ways.length ? <div className="ph-list">{ways.map((w) => <RowLink key={w.to} icon="next" title={w.title} to={w.to} />)}</div> : null}
      {old ? <button type="button" className="ph-chip" onClick={again}>再试一次</button> : null}
    </div>
  )
}
