// 公告 on the phone: what goes to my houses, the unread with a dot; what is over on request.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { instant } from '../../../ui/format.ts'
import { Chips, RowLink, Tag } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { useGrowing } from '../../../ui/phone/pages.ts'
import { Bones, Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { community, type MyNotice } from '../contract.ts'
import { said } from '../shown.ts'
import '../notice.css'

export function NoticesPage() {
  const [past, setPast] = useState(false)
  const list = useGrowing(community.myNotices, { with_past: past })
  return (
    <Page title="公告" back="/">
      <Chips label="范围" value={past ? 'all' : 'now'} choose={(v) => setPast(v === 'all')} choices={[{ value: 'now', label: '有效的' }, { value: 'all', label: '全部' }]} />
      <Loaded reading={list}>
        {({ rows }) => (rows.length === 0 ? <StateBlock icon="empty" title={past ? '还没有公告' : '现在没有有效的公告'} text="物业发布后显示在这里" /> : (
          <>
            <div className="ph-list">{rows.map((n) => <NoticeLink key={n.notice_id} n={n} />)}</div>
            {list.loadingMore ? <Bones rows={1} /> : list.more ? <Button className="ph-big" block onClick={list.loadMore}>查看更早的公告</Button> : null}
          </>
        ))}
      </Loaded>
    </Page>
  )
}
export function NoticeLink({ n }: { n: MyNotice }) {
  const title = <span className="ph-line">{n.read ? null : <span className="nt-unread" role="img" aria-label="未读" />}<span className={n.read ? '' : 'ph-strong'}>{n.title}</span>{n.urgent && n.state === 'published' ? <Tag kind="bad">紧急</Tag> : null}{n.pinned ? <Tag kind="busy">置顶</Tag> : null}</span>
  const waits = n.must_confirm && !n.confirmed && n.state === 'published'
  return <RowLink title={title} under={`${n.kind_name} · ${instant(n.published_at)}${n.lead ? ` · ${n.lead}` : ''}`} to={`/notices/${n.notice_id}`} {...(n.state !== 'published' ? { side: <Tag>{said('notice', n.state)}</Tag> } : waits ? { side: <Tag kind="warn">待确认</Tag> } : {})} />
}
