import { Button, Form } from 'antd'
import { identity } from '../../modules/identity/contract.ts'
import { useWrite } from '../../ui/api.ts'
import { ContractForm } from '../../ui/ContractForm.tsx'
import { Sheet } from './SignInPage.tsx'
import { signOut } from './sign_out.ts'

/** The first password was made by somebody else: nothing opens until it is changed. */
export function MustChangePage({ name }: { name: string }) {
  const [form] = Form.useForm()
  const change = useWrite(identity.changePassword, { in_form: true, invalidates: 'all', done: '口令已修改' })
  return (
    <Sheet title="请先修改口令" lead={`${name},您正在使用初始口令。为了账号安全,请设置自己的口令。`}>
      <ContractForm
        form={form} call={identity.changePassword} loading={change.running} submitError={change.error}
        fields={[{ name: 'old_password', label: '当前口令' }, { name: 'new_password', label: '新口令', help: '至少 10 位,不能是常见口令,也不能包含登录名' }]}
        onSubmit={(input) => change.run(input)}
      >
        <Button type="primary" htmlType="submit" block size="large" loading={change.running}>修改口令</Button>
        <Button type="link" block onClick={() => void signOut()}>退出登录</Button>
      </ContractForm>
    </Sheet>
  )
}
