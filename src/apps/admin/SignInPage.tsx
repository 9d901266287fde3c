import { Button, Form, Input } from 'antd'
import { useEffect, type ReactNode } from 'react'
import { identity } from '../../modules/identity/contract.ts'
import { useWrite } from '../../ui/api.ts'
import { ContractForm } from '../../ui/ContractForm.tsx'
import type { Control } from '../../ui/fields.tsx'

/** The sheet that sign-in, first run and the forced change of password lie on. */
export function Sheet({ title, lead, children }: { title: string; lead?: ReactNode; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} - 和院`
  }, [title])
  return (
    <main className="ad-sheet">
      <div className="ad-sheet-box">
        <div className="ad-brand"><Mark /><span>和院</span><small>物业管理平台</small></div>
        <h1>{title}</h1>
        {lead ? <p className="hy-muted">{lead}</p> : null}
        {children}
      </div>
    </main>
  )
}
export function Mark() {
  return (
    <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden>
      <rect width="32" height="32" rx="7" fill="#0958b3" />
      <path d="M6 15 16 7l10 8v10H6zM12 25v-7h8v7" fill="none" stroke="#fff" strokeWidth="2.4" strokeLinejoin="round" />
    </svg>
  )
}

export function SignInPage({ mode, signedIn }: { mode: string; signedIn: () => void }) {
  return (
    <Sheet title="登录" lead={mode === 'sample' ? '样例环境:数据均为虚构,登录名与口令见启动时的提示' : undefined}>
      <SignInForm signedIn={signedIn} />
      <p className="hy-muted ad-small">忘记口令请联系本公司管理员重置。</p>
    </Sheet>
  )
}

export function SignInForm({ signedIn }: { signedIn: () => void }) {
  const [form] = Form.useForm()
  const sign_in = useWrite(identity.signIn, { in_form: true, invalidates: [] })
  return (
    <ContractForm
      form={form} call={identity.signIn} loading={sign_in.running} submitError={sign_in.error}
      fields={[{ name: 'login', control: (c) => <LoginInput {...c} /> }, 'password']}
      onSubmit={async (input) => { if (await sign_in.run(input)) signedIn() }}
    >
      <Button type="primary" htmlType="submit" block size="large" loading={sign_in.running}>登录</Button>
    </ContractForm>
  )
}
function LoginInput({ value, onChange, id }: Control) {
  return <Input {...(id ? { id } : {})} autoFocus autoComplete="username" autoCapitalize="off" spellCheck={false} value={(value as string | undefined) ?? ''} onChange={(e) => onChange?.(e.target.value)} />
}
