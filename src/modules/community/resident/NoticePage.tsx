// One notice on the phone. Opening it is reading it; 我已知晓 where the notice asks for it.
import { Button } from 'antd-mobile'
import { useEffect, useEffectEvent } from 'react'
import { fileUrl, useRead, useWrite, type Out } from '../../../ui/api.ts'
import { instant } from '../../../ui/format.ts'
import { Tag } from '../../../ui/phone/bits.tsx'
import { Icon } from '../../../ui/phone/icons.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { Link, useParam } from '../../../ui/phone/router.tsx'
import { Loaded } from '../../../ui/phone/states.tsx'
import { community } from '../contract.ts'
import { NoticeText } from '../NoticeText.tsx'
import { said } from '../shown.ts'

type Mine = Out<typeof community.myNotice.gives>
export function NoticePage() {
  const notice_id = useParam('notice_id')
  const q = useRead(community.myNotice, { notice_id }, { stale_ms: 0 })
  return <Page title="公告" back="/notices"><Loaded reading={q}>{(n) => <Shown key={n.notice_id} n={n} />}</Loaded></Page>
}
function Shown({ n }: { n: Mine }) {
  const see = useWrite(community.seeNotice)
  const confirm = useWrite(community.seeNotice, { done: '已确认' })
  const opened = useEffectEvent(() => { if (!n.read) void see.run({ notice_id: n.notice_id }) })
  // Once: by opening the page.
  useEffect(() => opened(), [])
  const url = (file_id: string): string => fileUrl(community.noticeFile, { notice_id: n.notice_id, file_id })
  const [pictures, files] = [n.files.filter((f) => f.picture), n.files.filter((f) => !f.picture)]
  return (
    <>
      <Over n={n} />
      <article className="ph-card ph-section" aria-label={n.title}>
        <h2>{n.title}</h2>
        <p className="ph-line ph-small ph-weak"><Tag>{n.kind_name}</Tag>{n.urgent ? <Tag kind="bad">紧急</Tag> : null}<span>{n.community_name} {instant(n.published_at)}</span></p>
        {n.replaces ? <p className="ph-small"><Link to={`/notices/${n.replaces.notice_id}`}>更正此前的公告 {n.replaces.no}</Link></p> : null}
        {n.body ? <NoticeText body={n.body} /> : null}
        {pictures.length ? <div className="nt-pictures">{pictures.map((f) => <a key={f.file_id} href={url(f.file_id)} target="_blank" rel="noreferrer"><img src={url(f.file_id)} alt={f.name} /></a>)}</div> : null}
        {files.map((f) => <p key={f.file_id}><a href={url(f.file_id)} target="_blank" rel="noreferrer">附件:{f.name}</a></p>)}
        <p className="ph-small ph-weak">{n.company_name}{n.no ? ` · ${n.no}` : ''}{n.valid_until_on ? ` · 有效至 ${n.valid_until_on}` : ''}</p>
      </article>
      {n.must_confirm ? n.confirmed ? <p className="ph-line ph-green ph-strong"><Icon name="ok" />您已确认知晓</p> : n.can.confirm === true ? <Button className="ph-big" block color="primary" loading={confirm.running} onClick={() => void confirm.run({ notice_id: n.notice_id, confirm: true })}>我已知晓</Button> : null : null}
    </>
  )
}
function Over({ n }: { n: Mine }) {
  if (n.state === 'published') return null
  return (
    <section className="ph-card" role="status">
      <p className="ph-strong">{n.state === 'expired' ? '这条公告已过有效期' : `这条公告${said('notice', n.state)}`}{n.ended_at ? `(${instant(n.ended_at)})` : ''}</p>
      {n.state === 'withdrawn' && n.ended_reason ? <p>原因:{n.ended_reason}</p> : null}
      {n.replaced_by ? <p><Link to={`/notices/${n.replaced_by.notice_id}`}>查看更正后的公告:{n.replaced_by.title}</Link></p> : null}
    </section>
  )
}
