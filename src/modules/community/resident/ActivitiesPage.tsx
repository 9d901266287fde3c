// 社区活动 on the phone: what one may join, one's own places, what has been given as a volunteer.
import { useState } from 'react'
import { useRead } from '../../../ui/api.ts'
import { instant } from '../../../ui/format.ts'
import { Chips, RowLink, Tag } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { community, type MyActivity } from '../contract.ts'
import { hoursText, said } from '../shown.ts'

export function ActivitiesPage() {
  const [past, setPast] = useState(false)
  const q = useRead(community.myActivities, { past }, { stale_ms: 0 })
  return (
    <Page title="社区活动" back="/">
      <Chips label="时间" value={past ? 'past' : 'now'} choose={(v) => setPast(v === 'past')} choices={[{ value: 'now', label: '可参加的' }, { value: 'past', label: '往期' }]} />
      <Loaded reading={q}>
        {({ rows, volunteer_minutes }) => (
          <>
            {volunteer_minutes > 0 ? <p className="ph-card ph-between"><span>我的志愿服务</span><strong className="ph-num">{hoursText(volunteer_minutes)}</strong></p> : null}
            {rows.length === 0 ? <StateBlock icon="empty" title={past ? '还没有往期活动' : '现在没有可参加的活动'} text="物业发起后显示在这里" /> : <div className="ph-list">{rows.map((a) => <RowLink key={a.activity_id} title={a.title} under={`${instant(a.from_at)} · ${a.place}${a.kind === 'volunteer' ? ' · 志愿服务' : ''}`} to={`/activities/${a.activity_id}`} side={<SideTag a={a} />} />)}</div>}
          </>
        )}
      </Loaded>
    </Page>
  )
}
export function SideTag({ a }: { a: MyActivity }) {
  if (a.state === 'cancelled') return <Tag kind="bad">已取消</Tag>
  if (a.mine && a.mine.state !== 'cancelled') return <Tag kind={a.mine.state === 'in' ? 'good' : 'warn'}>{a.mine.came ? '已签到' : said('signup', a.mine.state)}</Tag>
  if (a.state === 'over') return <Tag>{a.has_report ? '有回顾' : '已结束'}</Tag>
  return a.free_count === null ? <Tag>可报名</Tag> : a.free_count > 0 ? <Tag>余 {a.free_count} 人</Tag> : <Tag kind="warn">可候补</Tag>
}
