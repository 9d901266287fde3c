import { useRead, useWrite } from '../../../ui/api.ts'
import { RowSwitch } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { Loaded } from '../../../ui/phone/states.tsx'
import { OPTIONAL, messages } from '../contract.ts'
import { words } from '../words.ts'

export function PreferencesPage() {
  const pref = useRead(messages.myPreference, {})
  const save = useWrite(messages.savePreference)
  return (
    <Page title="短信接收设置" back="/mine">
      <Loaded reading={pref}>
        {({ sms_off }) => (
          <>
            <div className="ph-list">
              {OPTIONAL.map((c) => (
                <RowSwitch
                  key={c} title={`${words.states!['category']![c]!}类短信`} on={!sms_off.includes(c)}
                  set={(on) => void save.run({ sms_off: OPTIONAL.filter((x) => (x === c ? !on : sms_off.includes(x))) })}
                />
              ))}
            </div>
            <p className="ph-weak ph-small">关闭后仍可在「消息」里看到全部内容。登录验证码和安全提醒不能关闭。</p>
          </>
        )}
      </Loaded>
    </Page>
  )
}
