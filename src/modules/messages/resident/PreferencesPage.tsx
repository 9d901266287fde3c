import { useRead, useWrite } from '../../../ui/api.ts'
import { RowSwitch } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { Loaded } from '../../../ui/phone/states.tsx'
import { OPTIONAL, messages } from '../contract.ts'
import { words } from '../words.ts'

const WAYS = [{ key: 'sms_off', zh: '短信' }, { key: 'wechat_off', zh: '公众号' }] as const
export function PreferencesPage() {
  const pref = useRead(messages.myPreference, {})
  const wechat = useRead(messages.myWechat, {}, { stale_ms: 60_000 })
  const save = useWrite(messages.savePreference)
  return (
    <Page title="消息接收设置" back="/mine">
      <Loaded reading={pref}>
        {(p) => (
          <>
            {WAYS.filter((w) => w.key === 'sms_off' || wechat.data?.bound_at).map((w) => (
              <section key={w.key} className="ph-section" aria-label={w.zh}>
                <h2 className="ph-h2">{w.zh}</h2>
                <div className="ph-list">
                  {OPTIONAL.map((c) => (
                    <RowSwitch
                      key={c} title={`${words.states!['category']![c]!}类${w.key === 'sms_off' ? '短信' : '公众号消息'}`} on={!p[w.key].includes(c)}
                      set={(on) => void save.run({ [w.key]: OPTIONAL.filter((x) => (x === c ? !on : p[w.key].includes(x))) })}
                    />
                  ))}
                </div>
              </section>
            ))}
            <p className="ph-weak ph-small">关闭后仍可在「消息」里看到全部内容。登录验证码和安全提醒不能关闭。报修时为那一单选了通知方式的,按那一单的选择。</p>
          </>
        )}
      </Loaded>
    </Page>
  )
}
