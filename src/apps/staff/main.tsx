import { createRoot } from 'react-dom/client'
import { startPhone } from '../../ui/phone/start.tsx'
import { StaffApp } from './StaffApp.tsx'
import './staff.css'

startPhone('staff')
createRoot(document.getElementById('root')!).render(<StaffApp />)
