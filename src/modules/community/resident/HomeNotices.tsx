// On the resident's first page: what is pinned and newest.
import { useRead } from '../../../ui/api.ts'
import { Link } from '../../../ui/phone/router.tsx'
import { community } from '../contract.ts'
import { NoticeLink } from './NoticesPage.tsx'

const SHOWN = 3
export function HomeNotices({ house_id }: { house_id: string }) {
  const { data } = useRead(community.myNotices, { house_id, page_size: SHOWN }, { stale_ms: 60_000 })
  if (!data || data.rows.length === 0) return null
  return (
    <section className="ph-section" aria-label="公告">
      <h2 className="ph-h2 ph-between rs-period"><span>公告{data.unread_count > 0 ? <span className="ph-small ph-weak">,{data.unread_count} 条未读</span> : null}</span><Link className="ph-small" to="/notices">全部公告</Link></h2>
      <div className="ph-list">{data.rows.map((n) => <NoticeLink key={n.notice_id} n={n} />)}</div>
    </section>
  )
}
