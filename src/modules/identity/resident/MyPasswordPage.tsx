import { Button } from 'antd-mobile'
import { useState } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { Field } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { go } from '../../../ui/phone/router.tsx'
import { Loaded } from '../../../ui/phone/states.tsx'
import { identity } from '../contract.ts'

export const MyPasswordPage = () => <Page title="登录口令" back="/mine"><Form done={() => go('/mine')} /></Page>

/** Shown once after a code from the desk, because that code was the last way in without SMS. */
export const FirstPasswordPage = ({ done }: { done: () => void }) => (
  <Page title="设置登录口令">
    <p>登录码只能用一次。设置口令后,以后用手机号和口令就能登录。</p>
    <Form done={done} />
    <Button className="ph-big" block fill="none" onClick={done}>以后再说</Button>
  </Page>
)

function Form({ done }: { done: () => void }) {
  const mine = useRead(identity.myPassword, {})
  return <Loaded reading={mine} rows={3}>{(m) => <Fields old={m.set && !m.fresh} set={m.set} done={done} />}</Loaded>
}

function Fields({ old, set, done }: { old: boolean; set: boolean; done: () => void }) {
  const [before, setBefore] = useState('')
  const [next, setNext] = useState('')
  const [again, setAgain] = useState('')
  const [asked, setAsked] = useState(false)
  const save = useWrite(identity.setMyPassword, { in_form: true, done: '口令已设置', invalidates: [identity.myPassword] })
  const told = (path: string) => save.error?.problem.issues?.find((i) => i.path === path)?.message
  const short = next.length < 10 ? '至少 10 位' : undefined
  const differ = again !== next ? '两次填写不一致' : undefined
  const submit = async (): Promise<void> => {
    setAsked(true)
    if ((old && !before) || short || differ) return
    if (await save.run({ new_password: next, ...(old ? { old_password: before } : {}) })) done()
  }
  const fault = save.error && !told('old_password') && !told('new_password') ? save.error.message : undefined
  return (
    <form className="ph-card rs-sign-form" noValidate onSubmit={(e) => { e.preventDefault(); void submit() }}>
      {set ? <p className="ph-weak">{old ? '已设置口令,修改时请先填写当前口令。' : '已设置过口令。您刚刚登录,可以直接设置新口令。'}</p> : null}
      {old ? <Field label="当前口令" error={asked && !before ? '请填写当前口令' : told('old_password')}>{(p) => <input {...p} className="ph-input" type="password" autoComplete="current-password" maxLength={128} value={before} onChange={(e) => setBefore(e.target.value)} />}</Field> : null}
      <Field label="新口令" error={asked ? (short ?? told('new_password')) : undefined} hint="至少 10 位,不要用常见口令,不要包含手机号">{(p) => <input {...p} className="ph-input" type="password" autoComplete="new-password" maxLength={128} value={next} onChange={(e) => setNext(e.target.value)} />}</Field>
      <Field label="再填一次" error={asked ? differ : undefined}>{(p) => <input {...p} className="ph-input" type="password" autoComplete="new-password" maxLength={128} value={again} onChange={(e) => setAgain(e.target.value)} />}</Field>
      {fault ? <p role="alert" className="ph-fault">{fault}</p> : null}
      <Button className="ph-big" block color="primary" type="submit" loading={save.running}>保存</Button>
    </form>
  )
}
