// The code that lets a resident in without SMS: handed over on a slip of paper to somebody whose identity card was seen.
import { Alert, Button, InputNumber, Modal, QRCode } from 'antd'
import { useState } from 'react'
import { useWrite } from '../../../ui/api.ts'
import { instant } from '../../../ui/format.ts'
import { SIGN_IN_CODE_DAYS_MAX, people } from '../contract.ts'
import './sign_in_code.css'

export function SignInCode({ person_id, name, close }: { person_id: string; name: string; close: () => void }) {
  const issue = useWrite(people.issueSignInCode, { in_form: true, done: '已开具' })
  const [days, setDays] = useState(3)
  const [code, setCode] = useState<{ secret_code: string; phone_masked: string; expires_at: string }>()
  const run = async () => {
    const answer = await issue.run({ person_id, days })
    if (answer) setCode(answer)
  }
  const address = `${location.origin}/resident/`
  return (
    <Modal
      open title={code ? '业主登录码' : `给「${name}」开具登录码`} onCancel={close} mask={{ closable: false }} width={440}
      footer={code
        ? <div className="hy-form-buttons"><Button onClick={() => window.print()}>打印</Button><Button type="primary" onClick={close}>完成</Button></div>
        : <div className="hy-form-buttons"><Button onClick={close}>取消</Button><Button type="primary" autoFocus loading={issue.running} onClick={() => void run()}>开具</Button></div>}
    >
      {code ? (
        <div className="pp-slip">
          <p className="pp-slip-only-paper"><strong>业主手机端登录码</strong></p>
          <p>{name} 手机号 {code.phone_masked}</p>
          <output className="pp-slip-code" aria-label="登录码">{code.secret_code.replace(/(\d{4})(?=\d)/, '$1 ')}</output>
          <p>有效至 {instant(code.expires_at)},只能用一次。</p>
          <div className="pp-slip-scan"><QRCode value={address} size={128} bordered={false} type="svg" aria-label="业主端地址" /><div><p>扫码或在浏览器打开</p><p className="pp-slip-address">{address}</p><p>填手机号和登录码,登录后请设置自己的口令。</p></div></div>
          <p className="hy-muted pp-slip-only-screen">登录码只显示这一次,请当面交给本人。</p>
        </div>
      ) : (
        <div className="hy-stack">
          {issue.error ? <Alert type="error" showIcon title={issue.error.message} /> : null}
          <p>用于收不到短信验证码的业户。请先核对本人身份证件;开具和登录都记入操作日志,以前开具而未使用的登录码随即作废。</p>
          <label className="hy-line">有效天数 <InputNumber aria-label="有效天数" min={1} max={SIGN_IN_CODE_DAYS_MAX} precision={0} value={days} onChange={(v) => setDays(v ?? 1)} /></label>
        </div>
      )}
    </Modal>
  )
}
