import { Button } from 'antd-mobile'
import { useEffect, useState } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { Field } from '../../../ui/phone/bits.tsx'
import { identity } from '../contract.ts'

export function SignInPage({ signedIn, waiting_count }: { signedIn: () => void; waiting_count: number }) {
  const [login, setLogin] = useState('')
  const [password, setPassword] = useState('')
  const [shown, setShown] = useState(false)
  const [asked, setAsked] = useState(false)
  const first = useRead(identity.firstRun, {}, { stale_ms: 600_000 })
  const enter = useWrite(identity.signIn, { in_form: true })
  useEffect(() => {
    document.title = '和院 · 员工登录'
  }, [])
  const submit = async (): Promise<void> => {
    setAsked(true)
    if (!login.trim() || !password) return
    if (await enter.run({ login: login.trim(), password })) signedIn()
  }
  return (
    <main className="st-sign">
      <header className="st-sign-head">
        <p className="st-sign-mark" aria-hidden="true">和院</p>
        <h1>员工登录</h1>
      </header>
      <form className="ph-card st-sign-form" noValidate onSubmit={(e) => { e.preventDefault(); void submit() }}>
        {waiting_count > 0 ? <p className="ph-strip">手机上有 {waiting_count} 条记录未上传,登录后自动上传</p> : null}
        {first.data?.needed ? <p className="ph-strip">系统还没有完成首次设置,请先在电脑端打开管理端</p> : null}
        <Field label="登录名" error={asked && !login.trim() ? '请填写登录名' : undefined}>
          {(p) => <input {...p} className="ph-input" autoComplete="username" autoCapitalize="none" autoCorrect="off" spellCheck={false} maxLength={64} value={login} onChange={(e) => setLogin(e.target.value)} />}
        </Field>
        <Field label="口令" error={asked && !password ? '请填写口令' : enter.error?.message}>
          {(p) => (
            <div className="ph-with-button">
              <input {...p} className="ph-input" type={shown ? 'text' : 'password'} autoComplete="current-password" maxLength={128} value={password} onChange={(e) => setPassword(e.target.value)} />
              <Button className="ph-mid" aria-pressed={shown} onClick={() => setShown(!shown)}>{shown ? '隐藏' : '显示'}</Button>
            </div>
          )}
        </Field>
        <Button className="ph-big" block color="primary" type="submit" loading={enter.running} loadingText="正在登录">登录</Button>
        <p className="ph-small ph-weak ph-center">忘记口令,请联系公司管理员重置</p>
      </form>
    </main>
  )
}
