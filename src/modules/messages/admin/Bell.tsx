import BellOutlined from '@ant-design/icons/es/icons/BellOutlined'
import { Badge } from 'antd'
import { Go } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import { messages } from '../contract.ts'

const EVERY_MS = 60_000
/** Unread messages of whoever is signed in, in the top bar. */
export function Bell() {
  const unread = useRead(messages.unread, {}, { refresh_ms: EVERY_MS, keep: true })
  const count = unread.data?.count ?? 0
  return (
    <Go to="/messages/inbox" className="ad-pin" aria-label={count ? `消息,${count} 条未读` : '消息'}>
      <Badge count={count} overflowCount={99} size="small"><BellOutlined style={{ fontSize: 17 }} /></Badge>
    </Go>
  )
}
