// 小区公告 on the phone of staff: what is in force now, so that whoever is asked can answer.
import { Button } from 'antd-mobile'
import { fileUrl, useRead } from '../../../ui/api.ts'
import { instant } from '../../../ui/format.ts'
import { Facts, RowLink, Tag } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { useGrowing } from '../../../ui/phone/pages.ts'
import { useParam } from '../../../ui/phone/router.tsx'
import { Bones, Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { community } from '../contract.ts'
import { NoticeText } from '../NoticeText.tsx'
import { said } from '../shown.ts'

export function NoticesPage() {
  const list = useGrowing(community.notices, { state: 'published' })
  return (
    <Page title="小区公告" back="/">
      <Loaded reading={list}>
        {({ rows }) => (rows.length === 0 ? <StateBlock icon="empty" title="现在没有有效的公告" /> : (
          <>
            <div className="ph-list">{rows.map((n) => <RowLink key={n.notice_id} title={<span className="ph-line">{n.title}{n.urgent ? <Tag kind="bad">紧急</Tag> : null}</span>} under={`${n.community_name} · ${n.kind_name} · ${n.to_text}${n.published_at ? ` · ${instant(n.published_at)}` : ''}`} to={`/community/notices/${n.notice_id}`} />)}</div>
            {list.loadingMore ? <Bones rows={1} /> : list.more ? <Button className="ph-big" block onClick={list.loadMore}>查看更早的公告</Button> : null}
          </>
        ))}
      </Loaded>
    </Page>
  )
}
export function NoticePage() {
  const notice_id = useParam('notice_id')
  const q = useRead(community.notice, { notice_id })
  return (
    <Page title="公告" back="/community/notices">
      <Loaded reading={q}>
        {(n) => (
          <article className="ph-card ph-section" aria-label={n.title}>
            <div className="ph-between"><h2>{n.title}</h2><Tag>{said('notice', n.state)}</Tag></div>
            <NoticeText body={n.body} />
            {n.files.map((f) => <p key={f.file_id}><a href={fileUrl(community.noticeFile, { notice_id, file_id: f.file_id })} target="_blank" rel="noreferrer">{f.picture ? '图片' : '附件'}:{f.name}</a></p>)}
            <Facts rows={[['小区', n.community_name], ['类别', n.kind_name], ['发给', n.to_text], n.published_at ? ['发布', instant(n.published_at)] : null, ['有效至', n.valid_until_on ?? '长期'], n.ended_reason ? ['结束', n.ended_reason] : null]} />
          </article>
        )}
      </Loaded>
    </Page>
  )
}
