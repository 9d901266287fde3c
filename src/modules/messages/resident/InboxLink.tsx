import { useRead } from '../../../ui/api.ts'
import { Tag } from '../../../ui/phone/bits.tsx'
import { Link } from '../../../ui/phone/router.tsx'
import { messages } from '../contract.ts'

/** The way in at the home page, with what is unread. */
export function InboxLink() {
  const unread = useRead(messages.unread, {}, { refresh_ms: 60_000, keep: true })
  const count = unread.data?.count ?? 0
  return <Link to="/messages" className="ph-text-button">消息{count ? <Tag kind="bad">{count > 99 ? '99+' : count}</Tag> : null}</Link>
}
