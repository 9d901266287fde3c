// 报修: what, where, a few words, photos; three taps for most.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { addDays, today } from '../../../kernel/clock.ts'
import { useRead, useWrite } from '../../../ui/api.ts'
import { Chips, Field } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { Photos, type Taken } from '../../../ui/phone/photos.tsx'
import { Clips, type TakenClip } from '../../../ui/phone/Recorder.tsx'
import { go } from '../../../ui/phone/router.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { HouseSwitcher, useMyHouse, type MyHouse } from '../../people/resident/shared.tsx'
import { PHOTOS_MAX, VIDEO_SECONDS, VOICE_SECONDS, orders, type Category, type TellBy } from '../contract.ts'
import { said } from '../shown.ts'
import { DeviceCode } from './DeviceCode.tsx'
import { TellSwitches } from './TellWays.tsx'

const DAYS_AHEAD = 7
const HOURS = ['09:00', '10:30', '14:00', '15:30', '17:00', '19:00']

export function NewPage() {
  const { reading, houses, house } = useMyHouse()
  const kinds = useRead(orders.categories, {}, { stale_ms: 300_000 })
  return (
    <Page title="我要报修" back="/orders">
      <Loaded reading={reading}>
        {() => (house ? (
          <>
            <HouseSwitcher houses={houses} house={house} />
            <Loaded reading={kinds}>{({ rows }) => <Form key={house.house_id} house={house} kinds={rows} />}</Loaded>
          </>
        ) : <StateBlock icon="house" title="名下还没有房产" text="请联系物业服务中心登记手机号" />)}
      </Loaded>
    </Page>
  )
}

function Form({ house, kinds }: { house: MyHouse; kinds: readonly Category[] }) {
  const [place, setPlace] = useState<'house' | 'public'>('house')
  const groups = kinds.filter((k) => k.parent_id === null && k.place === place)
  const [group, setGroup] = useState('')
  const chosen = groups.find((g) => g.category_id === group) ?? groups[0]
  const leaves = kinds.filter((k) => k.parent_id === chosen?.category_id && k.rule)
  const [category_id, setCategory] = useState('')
  const kind = leaves.find((k) => k.category_id === category_id)
  const [text, setText] = useState('')
  const [where, setWhere] = useState('')
  const [day, setDay] = useState('')
  const [time, setTime] = useState(HOURS[0]!)
  const [photos, setPhotos] = useState<Taken[]>([])
  const [asked, setAsked] = useState(false)
  const ways = useRead(orders.tellWays, {}, { stale_ms: 60_000 })
  const [tell, setTell] = useState<TellBy>()
  const [clips, setClips] = useState<TakenClip[]>([])
  const [code, setCode] = useState<string>()
  const send = useWrite(orders.report, { in_form: true })
  const missing = !kind ? '请选择要修什么' : text.trim() === '' && clips.length === 0 ? '请写一句哪里坏了' : place === 'public' && where.trim() === '' ? '请写明具体位置' : undefined
  const submit = async (): Promise<void> => {
    setAsked(true)
    if (missing || !kind || send.running) return
    const done = await send.run({
      house_id: house.house_id, category_id: kind.category_id, words: text.trim() || clips.map((c) => (c.kind === 'voice' ? '见语音' : '见视频')).join('、'), ...(where.trim() ? { place: where.trim() } : {}), ...(photos.length ? { photo_ids: photos.map((p) => p.file_id) } : {}),
      ...(day ? { wished_at: `${day}T${time}:00+08:00` } : {}), ...(tell ? { tell_by: tell } : {}), ...(place === 'public' && code ? { code } : {}), ...(clips.length ? { clips: clips.map(({ file_id, seconds }) => ({ file_id, seconds })) } : {}),
    })
    if (done) go(`/orders/${done.order_id}`, { replace: true })
  }
  const urgent = kind?.rule?.urgent === true
  return (
    <form className="ph-card ph-section rs-gap" noValidate onSubmit={(e) => { e.preventDefault(); void submit() }}>
      <Chips label="位置" choices={[{ value: 'house', label: '家里' }, { value: 'public', label: '公共区域' }]} value={place} choose={(v) => { setPlace(v as 'house'); setCategory('') }} />
      <Chips label="大类" choices={groups.map((g) => ({ value: g.category_id, label: g.name }))} value={chosen?.category_id ?? ''} choose={(v) => { setGroup(v); setCategory('') }} />
      <div className="od-kinds" role="group" aria-label="要修什么">
        {leaves.map((k) => <button key={k.category_id} type="button" className="od-kind" aria-pressed={k.category_id === category_id} onClick={() => setCategory(k.category_id)}>{k.name}{k.rule?.urgent ? <span className="ph-tag ph-tag-bad">急</span> : null}</button>)}
      </div>
      {kind?.rule ? <p className={urgent ? 'ph-red ph-strong' : 'ph-weak ph-small'}>{urgent ? '急修:' : ''}{kind.rule.respond_n} {said('unit', kind.rule.respond_unit)}内上门{kind.rule.clock === 'working' ? '(按工作时间)' : ''}</p> : null}
      {place === 'public' ? <Field label="具体位置">{(p) => <input {...p} className="ph-input" maxLength={60} value={where} placeholder="如:3 栋 1 单元 5 楼楼道" onChange={(e) => setWhere(e.target.value)} />}</Field> : <Field label="房间(选填)">{(p) => <input {...p} className="ph-input" maxLength={60} value={where} placeholder="如:厨房、主卧" onChange={(e) => setWhere(e.target.value)} />}</Field>}
      <Field label="哪里坏了">{(p) => <textarea {...p} className="ph-input" maxLength={500} rows={3} value={text} placeholder="如:水龙头关不紧,一直滴水" onChange={(e) => setText(e.target.value)} />}</Field>
      {place === 'public' ? <DeviceCode house_id={house.house_id} found={(d, code) => { setWhere(d.place); setCode(code) }} /> : null}
      <Photos label="照片" photos={photos} set={setPhotos} max={PHOTOS_MAX} />
      <Clips clips={clips} set={setClips} voice_seconds={VOICE_SECONDS} video_seconds={VIDEO_SECONDS} />
      {urgent ? null : (
        <>
          <Field label="希望上门的日子(选填)">{(p) => (
            <select {...p} className="ph-input" value={day} onChange={(e) => setDay(e.target.value)}>
              <option value="">尽快</option>
              {Array.from({ length: DAYS_AHEAD }, (_, i) => addDays(today(), i + 1)).map((d, i) => <option key={d} value={d}>{i === 0 ? `明天 ${d.slice(5)}` : d}</option>)}
            </select>
          )}</Field>
          {day ? <Chips label="时间" choices={HOURS.map((h) => ({ value: h, label: h }))} value={time} choose={setTime} /> : null}
        </>
      )}
      {ways.data ? <TellSwitches choice={ways.data} value={tell ?? ways.data.tell_by} set={setTell} back="/orders/new" /> : null}
      {(asked && missing) || send.error ? <p className="ph-fault" role="alert">{(asked && missing) || send.error?.message}</p> : null}
      <Button className="ph-big" block color="primary" type="submit" loading={send.running}>提交报修</Button>
    </form>
  )
}
