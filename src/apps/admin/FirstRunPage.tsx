import { Button, Form } from 'antd'
import { identity } from '../../modules/identity/contract.ts'
import { useWrite } from '../../ui/api.ts'
import { ContractForm } from '../../ui/ContractForm.tsx'
import { Sheet } from './SignInPage.tsx'

export function FirstRunPage({ signedIn }: { signedIn: () => void }) {
  const [form] = Form.useForm()
  const begin = useWrite(identity.begin, { in_form: true, invalidates: [] })
  return (
    <Sheet title="首次设置" lead="建立物业公司和第一个管理员账号。公司资料以后可在系统设置中修改。">
      <ContractForm
        form={form} call={identity.begin} loading={begin.running} submitError={begin.error}
        fields={[
          { name: 'company_name', placeholder: '与营业执照一致' },
          { name: 'short_name', placeholder: '显示在页面和票据上' },
          'admin_name',
          { name: 'login', help: '3 到 32 位字母、数字,以字母开头' },
          { name: 'password', help: '至少 10 位,不能包含登录名' },
        ]}
        onSubmit={async (input) => { if (await begin.run(input)) signedIn() }}
      >
        <Button type="primary" htmlType="submit" block size="large" loading={begin.running}>开始使用</Button>
      </ContractForm>
    </Sheet>
  )
}
