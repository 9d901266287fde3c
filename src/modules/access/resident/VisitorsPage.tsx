// 访客邀请: a name, a time, perhaps a phone and a plate; the pass to send on.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { nowMs } from '../../../kernel/clock.ts'
import { useRead, useWrite } from '../../../ui/api.ts'
import { instant } from '../../../ui/format.ts'
import { Facts, Field, Sheet, Tag } from '../../../ui/phone/bits.tsx'
import { confirm } from '../../../ui/phone/confirm.ts'
import { Page } from '../../../ui/phone/Page.tsx'
import { hrefOf } from '../../../ui/phone/router.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { useMyHouse } from '../../people/resident/shared.tsx'
import { access, type MyVisit } from '../contract.ts'
import { words } from '../words.ts'
import { Code } from './PassPage.tsx'

const HOURS = [2, 4, 8, 24, 48, 72]
const PEOPLE = [1, 2, 3, 4, 5, 6, 8, 10]
const EIGHT_HOURS = 8 * 3_600_000
/** What a datetime-local field shows: the estate's clock, in minutes. */
const localText = (ms: number): string => new Date(ms + EIGHT_HOURS).toISOString().slice(0, 16)
const fromLocal = (text: string): string => new Date(Date.parse(`${text}:00Z`) - EIGHT_HOURS).toISOString()

export function VisitorsPage() {
  const visits = useRead(access.myVisits, {}, { stale_ms: 0 })
  return (
    <Page title="访客邀请" back="/">
      <Loaded reading={visits}>{(d) => <><Invite max_hours={d.max_hours} />{d.rows.length === 0 ? <StateBlock icon="people" title="还没有邀请过访客" text="填写上面的信息,把通行证发给访客" /> : d.rows.map((v) => <One key={v.visit_id} v={v} />)}</>}</Loaded>
    </Page>
  )
}
function Invite({ max_hours }: { max_hours: number }) {
  const { houses, house } = useMyHouse()
  const invite = useWrite(access.invite, { done: (a) => `已邀请,通行码 ${a.code}` })
  const [house_id, setHouse] = useState('')
  const [name, setName] = useState('')
  const [phone, setPhone] = useState('')
  const [plate, setPlate] = useState('')
  const [people_count, setPeople] = useState(1)
  const [when, setWhen] = useState(() => localText(nowMs()))
  const [hours, setHours] = useState(4)
  const at = house_id || house?.house_id
  const send = async (): Promise<void> => {
    if (!at) return
    const done = await invite.run({ house_id: at, visitor_name: name, people_count, from_at: fromLocal(when), hours, ...(phone ? { visitor_phone: phone } : {}), ...(plate ? { plate } : {}) })
    if (done) { setName(''); setPhone(''); setPlate('') }
  }
  return (
    <form className="ph-card ph-section" onSubmit={(e) => { e.preventDefault(); void send() }}>
      {houses.length > 1 ? <Field label="房产">{(p) => <select {...p} className="ph-input" value={at} onChange={(e) => setHouse(e.target.value)}>{houses.map((h) => <option key={h.house_id} value={h.house_id}>{h.label}</option>)}</select>}</Field> : null}
      <Field label="访客姓名">{(p) => <input {...p} className="ph-input" maxLength={30} autoComplete="off" value={name} onChange={(e) => setName(e.target.value)} />}</Field>
      <Field label="电话(可不填)">{(p) => <input {...p} className="ph-input ph-num" inputMode="tel" maxLength={11} autoComplete="off" value={phone} onChange={(e) => setPhone(e.target.value)} />}</Field>
      <Field label="车牌(可不填)" hint="开车来的填写,入口自动放行">{(p) => <input {...p} className="ph-input ph-num" maxLength={12} autoComplete="off" autoCapitalize="characters" value={plate} onChange={(e) => setPlate(e.target.value.toUpperCase())} />}</Field>
      <Field label="人数">{(p) => <select {...p} className="ph-input" value={people_count} onChange={(e) => setPeople(Number(e.target.value))}>{PEOPLE.map((n) => <option key={n} value={n}>{n} 人</option>)}</select>}</Field>
      <Field label="到访时间">{(p) => <input {...p} className="ph-input" type="datetime-local" value={when} onChange={(e) => setWhen(e.target.value)} />}</Field>
      <Field label="有效">{(p) => <select {...p} className="ph-input" value={hours} onChange={(e) => setHours(Number(e.target.value))}>{HOURS.filter((h) => h <= max_hours).map((h) => <option key={h} value={h}>{h} 小时</option>)}</select>}</Field>
      <Button className="ph-big" block color="primary" type="submit" loading={invite.running} disabled={name.trim() === '' || !at || when.length < 16}>生成通行证</Button>
    </form>
  )
}
function One({ v }: { v: MyVisit }) {
  const cancel = useWrite(access.cancelVisit, { done: '已取消' })
  const [shown, setShown] = useState(false)
  const url = `${location.origin}${hrefOf(`/visit/${v.token}`)}`
  const live = v.state === 'waiting' && !v.over
  const share = async (): Promise<void> => {
    const text = `${v.visitor_name},您的访客通行证(${instant(v.from_at)} 至 ${instant(v.to_at)})`
    if (navigator.share) await navigator.share({ title: '访客通行证', text, url }).catch(() => undefined)
    else location.assign(url)
  }
  return (
    <section className="ph-card ph-section" aria-label={v.visitor_name}>
      <div className="ph-between"><h2>{v.visitor_name}</h2><Tag kind={v.state === 'arrived' ? 'good' : live ? 'busy' : 'warn'}>{v.over && v.state === 'waiting' ? '已过期' : words.states!['visit']![v.state]}</Tag></div>
      <Facts rows={[['房号', v.house_label], ['人数', `${v.people_count} 人`], v.plate ? ['车牌', v.plate] : null, ['时间', `${instant(v.from_at)} 至 ${instant(v.to_at)}`], live ? ['通行码', <strong key="c" className="ph-num">{v.code}</strong>] : null, v.arrived_at ? ['到访', instant(v.arrived_at)] : null]} />
      {live ? (
        <>
          <div className="ph-between"><Button className="ph-mid" color="primary" onClick={() => void share()}>发给访客</Button><Button className="ph-mid" onClick={() => setShown(true)}>二维码</Button></div>
          <Button className="ph-mid" block loading={cancel.running} onClick={async () => { if (await confirm({ title: `取消对 ${v.visitor_name} 的邀请?`, yes: '取消邀请' })) await cancel.run({ visit_id: v.visit_id }, v.visit_id) }}>取消邀请</Button>
          <Sheet open={shown} title={`${v.visitor_name} 的通行码`} close={() => setShown(false)}><Code code={v.code} /></Sheet>
        </>
      ) : null}
    </section>
  )
}
