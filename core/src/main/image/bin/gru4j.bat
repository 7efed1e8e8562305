@echo off
rem Starts gru4j on the Java runtime beside this script. JDK_JAVA_OPTIONS adds options of the JVM,
rem and the last one counts. The shell script beside this one does more: it looks into those options.
setlocal
rem What is shown and help come sooner without vectors. (For recommend this script does not look whether
rem there is one session or a file of them: it always has vectors, and the JVM's warning of them.)
set "modules=--add-modules=jdk.incubator.vector,jdk.jfr,jdk.unsupported"
set "flags="
if "%~1"=="" goto once
if "%~1"=="inspect" goto once
if "%~1"=="completion" goto once
if "%~1"=="help" goto once
if "%~1"=="--help" goto once
if "%~1"=="--version" goto once
goto start
:once
set "modules="
set "flags=-Dgru4j.kernels=scalar"
:start
"%~dp0java.exe" %modules% %flags% -XX:+UseG1GC -XX:MaxRAMPercentage=75 ^
  -Djava.util.logging.SimpleFormatter.format=%%5$s%%n ^
  -m io.gru4j.core/io.gru4j.cli.Main %*
exit /b %errorlevel%
