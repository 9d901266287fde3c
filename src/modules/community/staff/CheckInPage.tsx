// 活动签到: by code, room or name; let in with one press.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { useRead, useWrite, type Out } from '../../../ui/api.ts'
import { instant } from '../../../ui/format.ts'
import { Facts, Field, RowLink, Tag } from '../../../ui/phone/bits.tsx'
import { mayDo, usePhoneMe } from '../../../ui/phone/me.ts'
import { Page } from '../../../ui/phone/Page.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { community } from '../contract.ts'

export const ActivityCard = () => (mayDo(usePhoneMe(), 'community.activity.check') ? <div className="ph-list"><RowLink icon="people" title="活动签到" under="今天的社区活动和志愿服务" to="/activities" /></div> : null)
const AGAIN_MS = 30_000
export function CheckInPage() {
  const [typed, setTyped] = useState('')
  const [q, setQ] = useState('')
  const found = useRead(community.findSignups, q ? { q } : {}, { stale_ms: 0, refresh_ms: AGAIN_MS })
  return (
    <Page title="活动签到" back="/">
      <form className="ph-card ph-section" onSubmit={(e) => { e.preventDefault(); setQ(typed.trim()) }}>
        <Field label="签到码、房号或姓名" hint="留空看 12 小时内的全部">{(p) => <input {...p} className="ph-input" maxLength={16} autoComplete="off" value={typed} onChange={(e) => setTyped(e.target.value)} />}</Field>
        <Button className="ph-mid" block color="primary" type="submit">查找</Button>
      </form>
      <Loaded reading={found}>{({ rows }) => (rows.length === 0 ? <StateBlock icon="info" title={q ? '没有找到' : '现在没有要签到的活动'} text={q ? '请核对;没有报名的请到服务中心办理' : ''} /> : <>{rows.map((s) => <One key={s.signup_id} s={s} />)}</>)}</Loaded>
    </Page>
  )
}
function One({ s }: { s: Out<typeof community.findSignups.gives>['rows'][number] }) {
  const check = useWrite(community.checkIn, { done: '已签到' })
  return (
    <section className="ph-card ph-section" aria-label={`${s.house_label} ${s.contact_name}`}>
      <div className="ph-between"><h2>{s.activity_title}</h2>{s.came_at ? <Tag kind="good">已签到</Tag> : null}</div>
      <Facts rows={[['时间', `${instant(s.from_at)} 至 ${instant(s.to_at).slice(11)}`], ['报名', `${s.house_label} ${s.contact_name},${s.people_count} 人`]]} />
      {s.came_at ? null : <Button className="ph-mid" block color="primary" disabled={s.can.check_in !== true} loading={check.running} onClick={() => void check.run({ signup_id: s.signup_id })}>{s.can.check_in === true ? '签到' : '开始前 1 小时起签到'}</Button>}
    </section>
  )
}
