// One activity on the phone: what it is, one's place with its code, the way in and out.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { fileUrl, useRead, useWrite, type Out } from '../../../ui/api.ts'
import { instant } from '../../../ui/format.ts'
import { Chips, Facts } from '../../../ui/phone/bits.tsx'
import { confirm } from '../../../ui/phone/confirm.ts'
import { Page } from '../../../ui/phone/Page.tsx'
import { useParam } from '../../../ui/phone/router.tsx'
import { Loaded } from '../../../ui/phone/states.tsx'
import { community } from '../contract.ts'
import { NoticeText } from '../NoticeText.tsx'
import { hoursText, said } from '../shown.ts'
import { SideTag } from './ActivitiesPage.tsx'

type Mine = Out<typeof community.myActivity.gives>
export function ActivityPage() {
  const activity_id = useParam('activity_id')
  const q = useRead(community.myActivity, { activity_id }, { stale_ms: 0 })
  return <Page title="活动" back="/activities"><Loaded reading={q}>{(a) => <Shown key={a.activity_id} a={a} />}</Loaded></Page>
}
function Shown({ a }: { a: Mine }) {
  const url = (file_id: string): string => fileUrl(community.activityPhoto, { activity_id: a.activity_id, file_id })
  const places = a.capacity === null ? '不限' : `${a.capacity} 人${a.state === 'open' ? `,余 ${a.free_count ?? 0} 人` : ''}`
  return (
    <>
      {a.state === 'cancelled' ? <section className="ph-card" role="status"><p className="ph-strong">活动已取消</p><p>原因:{a.ended_reason}</p></section> : null}
      <article className="ph-card ph-section" aria-label={a.title}>
        <div className="ph-between"><h2>{a.title}</h2><SideTag a={a} /></div>
        <Facts rows={[['时间', `${instant(a.from_at)} 至 ${instant(a.to_at)}`], ['地点', a.place], ['名额', places], ['报名截止', instant(a.sign_until_at)], ['费用', '免费']]} />
        <NoticeText body={a.body} />
      </article>
      {a.mine && a.mine.state !== 'cancelled' ? <MyPlace a={a} mine={a.mine} /> : a.can.sign === true ? <SignUp a={a} /> : a.state === 'open' ? <p className="ph-weak" role="status">报名已于 {instant(a.sign_until_at)} 截止</p> : null}
      {a.report ? <article className="ph-card ph-section" aria-label="活动回顾"><h2>活动回顾</h2><NoticeText body={a.report} />{a.photo_ids.length ? <div className="nt-pictures">{a.photo_ids.map((id, i) => <a key={id} href={url(id)} target="_blank" rel="noreferrer"><img src={url(id)} alt={`活动照片 ${i + 1}`} /></a>)}</div> : null}</article> : null}
    </>
  )
}
function MyPlace({ a, mine }: { a: Mine; mine: NonNullable<Mine['mine']> }) {
  const cancel = useWrite(community.cancelMySignup, { done: '已取消报名' })
  return (
    <section className="ph-card ph-section" aria-label="我的报名">
      <Facts rows={[['状态', mine.came ? '已签到' : said('signup', mine.state)], ['人数', `${mine.people_count} 人`], mine.state === 'waiting' ? ['前面候补', `${mine.before_me} 人,有空位自动补上并通知您`] : null, mine.state === 'in' && a.state === 'open' && !mine.came ? ['签到码', <strong key="c" className="ph-num">{mine.code}</strong>] : null, mine.minutes !== null ? ['服务时长', `${hoursText(mine.minutes)}${mine.confirmed ? '' : ',待确认'}`] : null]} />
      {a.can.cancel === true ? <Button className="ph-mid" block loading={cancel.running} onClick={async () => { if (await confirm({ title: `取消报名「${a.title}」?`, text: '空出的名额会让给候补的邻居', yes: '取消报名', no: '保留' })) await cancel.run({ signup_id: mine.signup_id }) }}>取消报名</Button> : null}
    </section>
  )
}
function SignUp({ a }: { a: Mine }) {
  const [house_id, setHouse] = useState(a.houses[0]?.house_id ?? '')
  const [people, setPeople] = useState(1)
  const sign = useWrite(community.signUp, { done: (r) => (r.state === 'in' ? '报名成功' : '已列入候补') })
  const waits = a.free_count !== null && a.free_count < people
  return (
    <section className="ph-card ph-section" aria-label="报名">
      {a.houses.length > 1 ? <Chips label="房产" wrap value={house_id} choose={setHouse} choices={a.houses.slice(0, 10).map((h) => ({ value: h.house_id, label: h.label }))} /> : null}
      {a.party_max > 1 ? <Chips label="人数" wrap value={String(people)} choose={(v) => setPeople(Number.parseInt(v, 10))} choices={Array.from({ length: a.party_max }, (_, i) => ({ value: String(i + 1), label: `${i + 1} 人` }))} /> : null}
      {waits ? <p className="ph-weak ph-small">名额不够,先列入候补,有空位自动补上</p> : null}
      <Button className="ph-big" block color="primary" loading={sign.running} disabled={!house_id} onClick={() => void sign.run({ activity_id: a.activity_id, house_id, people_count: people })}>{waits ? '候补报名' : '报名'}</Button>
    </section>
  )
}
