import { Button } from 'antd-mobile'
import { useRead, useWrite } from '../../../ui/api.ts'
import { instant } from '../../../ui/format.ts'
import { Tag } from '../../../ui/phone/bits.tsx'
import { confirm } from '../../../ui/phone/confirm.ts'
import { Page } from '../../../ui/phone/Page.tsx'
import { Loaded } from '../../../ui/phone/states.tsx'
import { identity } from '../contract.ts'

/** Words a person knows for a user agent. */
export function deviceName(agent: string | null): string {
  if (!agent) return '未知设备'
  const kind = /iPhone/.test(agent) ? '苹果手机' : /iPad/.test(agent) ? '苹果平板' : /Android/.test(agent) ? '安卓手机' : /Windows/.test(agent) ? 'Windows 电脑' : /Mac OS/.test(agent) ? '苹果电脑' : '电脑'
  return /MicroMessenger/.test(agent) ? `${kind} · 微信` : kind
}

export function DevicesPage() {
  const list = useRead(identity.sessions, {})
  const end = useWrite(identity.endSession, { done: '已下线', invalidates: [identity.sessions] })
  const ask = async (session_id: string, name: string): Promise<void> => {
    if (await confirm({ title: `让「${name}」下线?`, text: '该设备需要重新登录才能使用。', yes: '下线' })) await end.run({ session_id }, session_id)
  }
  return (
    <Page title="登录设备" back="/mine">
      <Loaded reading={list}>
        {({ rows }) => (
          <ul className="ph-list">
            {rows.map((s) => (
              <li key={s.session_id} className="ph-row">
                <span className="ph-row-body">{deviceName(s.agent)}<span className="ph-weak ph-small" style={{ display: 'block' }}>最近使用 {instant(s.seen_at)}{s.ip ? ` · ${s.ip}` : ''}</span></span>
                <span className="ph-row-side">{s.current ? <Tag kind="good">本机</Tag> : <Button className="ph-mid" disabled={end.running} aria-label={`让 ${deviceName(s.agent)} 下线`} onClick={() => void ask(s.session_id, deviceName(s.agent))}>下线</Button>}</span>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Page>
  )
}
