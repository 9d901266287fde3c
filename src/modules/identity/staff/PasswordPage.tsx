import { Button } from 'antd-mobile'
import { useState } from 'react'
import { useWrite } from '../../../ui/api.ts'
import { Field } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { identity } from '../contract.ts'

/** Also shown before everything else when the first password has to be changed. */
export function PasswordPage({ must, changed }: { must: boolean; changed: () => void }) {
  const [before, setBefore] = useState('')
  const [next, setNext] = useState('')
  const [again, setAgain] = useState('')
  const [asked, setAsked] = useState(false)
  const change = useWrite(identity.changePassword, { in_form: true, done: '口令已修改', invalidates: [identity.me] })
  const short = next.length < 10 ? '至少 10 位' : undefined
  const differ = again !== next ? '两次填写不一致' : undefined
  const submit = async (): Promise<void> => {
    setAsked(true)
    if (!before || short || differ) return
    if (await change.run({ old_password: before, new_password: next })) changed()
  }
  return (
    <Page title="修改口令" {...(must ? {} : { back: '/mine' })}>
      {must ? <p>首次登录,请先设置自己的口令。</p> : null}
      <form className="ph-card st-sign-form" noValidate onSubmit={(e) => { e.preventDefault(); void submit() }}>
        <Field label="当前口令" error={asked && !before ? '请填写当前口令' : undefined}>{(p) => <input {...p} className="ph-input" type="password" autoComplete="current-password" maxLength={128} value={before} onChange={(e) => setBefore(e.target.value)} />}</Field>
        <Field label="新口令" error={asked ? short : undefined} hint="至少 10 位,不要用常见口令,不要包含登录名">{(p) => <input {...p} className="ph-input" type="password" autoComplete="new-password" maxLength={128} value={next} onChange={(e) => setNext(e.target.value)} />}</Field>
        <Field label="再填一次" error={asked ? differ : undefined}>{(p) => <input {...p} className="ph-input" type="password" autoComplete="new-password" maxLength={128} value={again} onChange={(e) => setAgain(e.target.value)} />}</Field>
        {change.error ? <p role="alert" className="ph-fault">{change.error.message}</p> : null}
        <Button className="ph-big" block color="primary" type="submit" loading={change.running}>保存</Button>
      </form>
    </Page>
  )
}
