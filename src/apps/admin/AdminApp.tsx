// The frame of the admin face: language, theme, cache, toasts, then the gate.
import { QueryClientProvider } from '@tanstack/react-query'
import { App, ConfigProvider } from 'antd'
import zhCN from 'antd/es/locale/zh_CN'
import { queries } from '../../ui/api.ts'
import { Boundary } from '../../ui/Boundary.tsx'
import { FeedbackHome } from '../../ui/feedback.tsx'
import { theme } from '../../ui/theme.ts'
import { Gate } from './Gate.tsx'

export function AdminApp() {
  return (
    <ConfigProvider locale={zhCN} theme={theme} button={{ autoInsertSpace: false }} componentSize="middle">
      <App component={false} message={{ maxCount: 3 }}>
        <FeedbackHome />
        <QueryClientProvider client={queries}>
          <Boundary>
            <Gate />
          </Boundary>
        </QueryClientProvider>
      </App>
    </ConfigProvider>
  )
}
