import { Result } from 'antd'
import { Go } from '../../ui/address.tsx'

export function NotFoundPage() {
  return <Result status="404" title="没有这个页面" subTitle="地址可能写错了,或页面已经移走" extra={<Go to="/">回到工作台</Go>} />
}
