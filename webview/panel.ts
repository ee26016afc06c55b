// Entry point of dist/webview/panel.js: the panel in VS Code, and the script of the standalone page.
import { connectHost } from './hostLink';
import './panel.css';
import { PanelApp } from './panelApp';

new PanelApp(connectHost());
