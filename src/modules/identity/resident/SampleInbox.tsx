import { Button } from 'antd-mobile'
import { useRead } from '../../../ui/api.ts'
import { instant } from '../../../ui/format.ts'
import { Sheet } from '../../../ui/phone/bits.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { messages } from '../../messages/contract.ts'

/** Sample installation only: no SMS leaves the machine, so the messages are shown here. */
export function SampleInbox({ open, phone, close, fill }: { open: boolean; phone: string; close: () => void; fill: (code: string) => void }) {
  const known = /^1\d{10}$/.test(phone)
  const inbox = useRead(messages.sampleInbox, { phone }, { enabled: open && known, refresh_ms: 2000 })
  return (
    <Sheet open={open} title="样例短信箱" close={close}>
      {known ? (
        <Loaded reading={inbox} rows={1}>
          {({ rows }) =>
            rows.length === 0 ? (
              <StateBlock icon="mail" title="还没有短信" text="点「获取验证码」后,几秒内会出现在这里。未登记的手机号不会收到短信。" />
            ) : (
              <ul className="ph-section">
                {rows.slice(0, 5).map((m, i) => {
                  const code = /(?<!\d)\d{6}(?!\d)/.exec(m.body)?.[0]
                  return (
                    <li key={m.at} className="ph-card rs-sms">
                      <p className="ph-weak ph-small">{instant(m.at, { seconds: true })}</p>
                      <p>{m.body}</p>
                      {code && i === 0 ? <Button className="ph-mid" color="primary" onClick={() => fill(code)}>填入验证码</Button> : null}
                    </li>
                  )
                })}
              </ul>
            )
          }
        </Loaded>
      ) : (
        <StateBlock icon="mail" title="请先填写手机号" />
      )}
    </Sheet>
  )
}
