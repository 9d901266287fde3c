import { Button } from 'antd-mobile'
import { useEffect, useRef, useState } from 'react'
import { nowMs } from '../../../kernel/clock.ts'
import { asRefused, readNow, useRead } from '../../../ui/api.ts'
import { setBigType, useBigType } from '../../../ui/phone/look.ts'
import { Field, Sheet } from '../../../ui/phone/bits.tsx'
import { messages } from '../../messages/contract.ts'
import { identity } from '../contract.ts'
import { PrivacyText } from './PrivacyText.tsx'
import { SampleInbox } from './SampleInbox.tsx'

/** Seconds left until the next code may be asked for; by the clock, because a phone in the pocket stops timers. */
function useCountdown(): [left: number, start: (seconds: number) => void] {
  const [until, setUntil] = useState(0)
  const [now, setNow] = useState(nowMs)
  const left = Math.max(0, Math.ceil((until - now) / 1000))
  const running = left > 0
  useEffect(() => {
    if (!running) return
    const timer = setInterval(() => setNow(nowMs()), 500)
    return () => clearInterval(timer)
  }, [running])
  return [left, (seconds) => { setNow(nowMs()); setUntil(nowMs() + seconds * 1000) }]
}

/** `signedIn` is told whether a code from the desk was used: then a password of one's own is offered. */
export function SignInPage({ signedIn }: { signedIn: (by_desk_code: boolean) => void }) {
  const [phone, setPhone] = useState('')
  const [code, setCode] = useState('')
  const [way, setWay] = useState<'code' | 'password'>('code')
  const [password, setPassword] = useState('')
  const [said, setSaid] = useState<{ phone?: string; code?: string; sent?: string }>({})
  const [left, countDown] = useCountdown()
  const [sheet, setSheet] = useState<'inbox' | 'privacy' | undefined>()
  const code_input = useRef<HTMLInputElement>(null)
  const first = useRead(identity.firstRun, {}, { stale_ms: 600_000 })
  const sms = useRead(messages.smsReady, {}, { stale_ms: 60_000 })
  const mute = sms.data?.ready === false
  const [busy, setBusy] = useState<'ask' | 'enter' | undefined>()
  const big = useBigType()
  const sample = first.data?.mode === 'sample'
  useEffect(() => {
    document.title = '和院 · 业主登录'
  }, [])

  const phoneFault = (): boolean => {
    if (/^1[3-9]\d{9}$/.test(phone)) return false
    setSaid({ phone: '请填写 11 位手机号' })
    return true
  }
  const askCode = async (): Promise<void> => {
    if (phoneFault()) return
    setSaid({})
    setBusy('ask')
    try {
      const answer = await readNow(identity.askCode, { phone })
      countDown(answer.wait_s)
      setSaid({ sent: '验证码已发送,5 分钟内有效。收不到时,请确认手机号已在物业登记。' })
      code_input.current?.focus()
    } catch (error) {
      const refused = asRefused(error)
      const wait = refused.problem.params?.['wait_s']
      if (typeof wait === 'number') countDown(wait)
      setSaid({ phone: refused.message })
    } finally {
      setBusy(undefined)
    }
  }
  const signIn = async (): Promise<void> => {
    if (busy || phoneFault()) return
    if (way === 'password' && !password) return setSaid({ code: '请填写登录口令' })
    if (way === 'code' && !/^(\d{6}|\d{8})$/.test(code)) return setSaid({ code: '请填写短信中的 6 位验证码,或物业开具的 8 位登录码' })
    setSaid({})
    setBusy('enter')
    try {
      if (way === 'password') await readNow(identity.signInByPassword, { phone, password })
      else await readNow(identity.signInByCode, { phone, code })
      signedIn(way === 'code' && code.length === 8)
    } catch (error) {
      setSaid({ code: asRefused(error).message })
    } finally {
      setBusy(undefined)
    }
  }

  return (
    <main className="rs-sign">
      <header className="rs-sign-head">
        <p className="rs-sign-mark" aria-hidden="true">和院</p>
        <h1>业主登录</h1>
        <p>查账单、缴费、取收据</p>
      </header>
      <form className="ph-card rs-sign-form" noValidate onSubmit={(e) => { e.preventDefault(); void signIn() }}>
        {mute && way === 'code' ? <p role="status" className="ph-amber">这里没有开通短信验证码。请带身份证到物业服务中心开具 8 位登录码,填在下面;登录后可设置口令,以后用口令登录。</p> : null}
        <Field label="手机号" error={said.phone}>
          {(p) => <input {...p} className="ph-input" type="tel" inputMode="numeric" autoComplete="tel-national" maxLength={11} placeholder="物业登记的手机号" value={phone} onChange={(e) => setPhone(e.target.value.replace(/\D/g, ''))} />}
        </Field>
        {way === 'code' ? (
          <Field label={mute ? '登录码' : '验证码'} error={said.code} hint={said.sent ? <span role="status">{said.sent}</span> : undefined}>
            {(p) => (
              <div className="ph-with-button">
                <input {...p} ref={code_input} className="ph-input" inputMode="numeric" autoComplete="one-time-code" maxLength={8} placeholder={mute ? '8 位数字' : '6 位数字'} value={code} onChange={(e) => setCode(e.target.value.replace(/\D/g, ''))} />
                {mute ? null : <Button className="ph-mid rs-code" color="primary" fill="outline" disabled={left > 0} loading={busy === 'ask'} onClick={() => void askCode()}>{left > 0 ? `${left} 秒后重发` : '获取验证码'}</Button>}
              </div>
            )}
          </Field>
        ) : (
          <Field label="登录口令" error={said.code}>
            {(p) => <input {...p} className="ph-input" type="password" autoComplete="current-password" maxLength={128} value={password} onChange={(e) => setPassword(e.target.value)} />}
          </Field>
        )}
        <Button className="ph-big" block color="primary" type="submit" loading={busy === 'enter'} loadingText="正在登录">登录</Button>
        <p className="ph-center"><button type="button" className="ph-text-button" onClick={() => { setWay(way === 'code' ? 'password' : 'code'); setSaid({}) }}>{way === 'code' ? '用口令登录' : mute ? '用登录码登录' : '用验证码登录'}</button></p>
        <p className="ph-small ph-weak ph-center">登录即表示知悉<button type="button" className="ph-text-button" onClick={() => setSheet('privacy')}>《隐私说明》</button></p>
      </form>
      <div className="rs-sign-foot">
        <button type="button" className="ph-text-button" aria-pressed={big} onClick={() => setBigType(!big)}>{big ? '恢复标准字号' : '大字版'}</button>
        {sample ? <button type="button" className="ph-text-button" onClick={() => setSheet('inbox')}>样例短信箱</button> : null}
      </div>
      {first.error ? <p role="alert" className="ph-fault ph-center">{first.error.message}</p> : null}
      <Sheet open={sheet === 'privacy'} title="隐私说明" close={() => setSheet(undefined)}><PrivacyText /></Sheet>
      {sample ? <SampleInbox open={sheet === 'inbox'} phone={phone} close={() => setSheet(undefined)} fill={(c) => { setCode(c); setSaid({}); setSheet(undefined) }} /> : null}
    </main>
  )
}

